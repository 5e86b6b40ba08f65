"""
How well a rule base does on cases whose answer is known.

The way of a row, and the module for each step: `cases` gives each row that `spinefoot.tables` reads its result,
`expectations` reads what was expected, `scored` puts both side by side, `measures` counts (with `urgency`, `spine_link`,
`root_levels`, `causes` and `calibration`, whose intervals come from `intervals`), `subgroups` says which rows belong
together, `compare` pairs two rule bases, and `run` does all of it. `definitions` says in words what is counted.

A new measure is a function from the frame of `scored` to a frozen value that holds its own intervals.
"""
