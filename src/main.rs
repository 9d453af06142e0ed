//! The `chancery` program: argv in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(chancery::cli::main(std::env::args_os()))
}
