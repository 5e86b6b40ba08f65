"""
Tables and folders of cases as rows of answers, in constant memory: what every use that takes a table reads by.

    inputs      names, folders, globs, "-"          ->  sources
    read_*      a source                            ->  chunks of raw columns; records that cannot be read are faults
    mapping     the user's file of other spellings
    columns     a header and the vocabulary         ->  which column answers which finding
    values      raw columns                         ->  columns of `column_type`; impossible values are faults
    settling    rows whose answers contradict       ->  faults

A new format is a function in a `read_*` module that yields `chunks.Chunk`, and a line in `inputs` and `reading`.
"""
