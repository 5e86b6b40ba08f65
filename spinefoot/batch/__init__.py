"""
From files of records to files of results, in constant memory; what reads them is `spinefoot.tables`.

    run         the loop: read, type, assess
    tally       counts over all rows
    recording   results, faults and trace           ->  files, with the sidecar that says which rules they come from
    outputs     files that appear only when all is done
"""
