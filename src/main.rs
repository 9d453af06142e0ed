//! The `chancery` program: argv in, exit code out.

fn main() {}
