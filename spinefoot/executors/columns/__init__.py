"""The columns executor: every rule a Polars expression over nullable columns, so that millions of cases take seconds."""
