//! One run of the program.

use std::{
    ffi::OsString,
    panic::{AssertUnwindSafe, catch_unwind},
};

use clap::Parser;
use serde_json::json;

use super::{
    Cli, Colour, Global,
    face::{Outcome, shown},
    pull, usage,
    wire::{Wire, terminal},
};
use crate::{
    ops::{Exit, Failure, pull::Dropped},
    ui::{Console, document},
};

/// Reads the command line, does what it says, prints the outcome, and answers with the exit code.
pub fn main(argv: impl IntoIterator<Item = OsString>) -> u8 {
    let argv: Vec<OsString> = argv.into_iter().collect();
    let (console, parsed) = read(&argv);
    report_panics(console.clone());
    let exit = catch_unwind(AssertUnwindSafe(|| match parsed {
        Ok(cli) => carry_out(&console, cli),
        Err(error) => print(&console, shown(usage::read(&error, &argv)), &[]),
    }));
    exit.unwrap_or(Exit::Bug).code()
}

/// The command line, and a console that answers as it asks, as far as that can be told when it does not parse.
fn read(argv: &[OsString]) -> (Console, Result<Cli, clap::Error>) {
    match Cli::try_parse_from(argv) {
        Ok(cli) => (console(&cli.global), Ok(cli)),
        Err(error) => {
            let asked: Vec<&str> =
                argv.iter().filter_map(|word| word.to_str()).take_while(|word| *word != "--").collect();
            let colour = if asked.contains(&"--color=never") { Colour::Never } else { Colour::Auto };
            let console = Console::new(terminal(colour, true)).json(asked.contains(&"--json"));
            (console, Err(error))
        }
    }
}

fn console(global: &Global) -> Console {
    Console::new(terminal(global.color, global.no_pager)).json(global.json).quiet(global.quiet)
}

fn carry_out(console: &Console, cli: Cli) -> Exit {
    match Wire::new(cli.global, console.clone()) {
        Ok(wire) => {
            let outcome = cli.command.run(&wire);
            print(console, outcome, &wire.lapses().take())
        }
        Err(failure) => console.failure(&failure),
    }
}

/// Prints an outcome in the face asked for, and what lapsed that it does not tell itself; the exit is decided before.
fn print(console: &Console, outcome: Outcome, lapsed: &[Dropped]) -> Exit {
    if console.is_json() {
        let answered = outcome.and_then(|answer| Ok((answer.exit(), answer.document()?)));
        let (exit, mut document) = answered.unwrap_or_else(|failure| (failure.exit, document(&failure)));
        if let (false, Some(fields)) = (lapsed.is_empty(), document.as_object_mut()) {
            fields.insert("dropped".to_owned(), json!(lapsed));
        }
        return console.document(exit, &document);
    }
    match outcome {
        Ok(answer) => console.page(answer.exit(), |page| {
            answer.page(page);
            pull::lapsed(lapsed, page);
        }),
        Err(failure) if lapsed.is_empty() => console.failure(&failure),
        Err(failure) => {
            let exit = console.failure(&failure);
            console.page(exit, |page| pull::lapsed(lapsed, page))
        }
    }
}

/// A panic is a bug: it is told like any failure, with how to report it, and ends in exit 70.
fn report_panics(console: Console) {
    std::panic::set_hook(Box::new(move |panic| {
        let _ = console.failure(&Failure::bug(format!("chancery {} {panic}", env!("CARGO_PKG_VERSION"))));
    }));
}
