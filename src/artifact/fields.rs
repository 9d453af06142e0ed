//! Reading TOML tables field by field, collecting every problem.
