//! The commands, grouped as somebody looks for them.

use clap::{Command, CommandFactory};

use super::Cli;

/// What people come for, and the commands for it. Every command stands in one group.
const GROUPS: [(&str, &[&str]); 9] = [
    ("Begin", &["demo", "init"]),
    ("Write", &["status", "check", "commit", "merge", "mv", "rm", "restore"]),
    ("Look at versions", &["log", "show", "cat", "diff", "render"]),
    (
        "Measure and go live",
        &[
            "eval",
            "bisect",
            "propose",
            "proposals",
            "review",
            "finding",
            "findings",
            "approve",
            "reject",
            "withdraw",
            "promote",
        ],
    ),
    ("Stop, and go on", &["freeze", "thaw", "halt", "resume"]),
    ("In one go, and back", &["ship", "rollback", "requalify", "override", "adopt"]),
    ("Share", &["clone", "attach", "remote", "pull", "push"]),
    ("Look after the store", &["secrets", "purge", "maintenance"]),
    ("Ask", &["env", "impact", "why", "audit", "verify", "keys", "people", "governance", "completions"]),
];

/// The program's commands with a help that shows them in their groups.
pub(super) fn grouped() -> Command {
    let command = Cli::command();
    let template = format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n{}\nOptions:\n{{options}}\n\n`chancery COMMAND --help` \
         tells what a command does, with examples.\n",
        listing(&command)
    );
    command.help_template(template)
}

fn listing(command: &Command) -> String {
    let (title, name) = (command.get_styles().get_header(), command.get_styles().get_literal());
    let mut out = String::new();
    for (group, verbs) in GROUPS {
        out.extend([format!("\n{title}{group}:{title:#}\n")]);
        for verb in verbs {
            let about = command.find_subcommand(verb).and_then(Command::get_about).map(ToString::to_string);
            out.extend([format!("  {name}{verb:<12}{name:#} {}\n", about.unwrap_or_default())]);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_command_stands_in_one_group() {
        let grouped: Vec<&str> = GROUPS.iter().flat_map(|(_, verbs)| verbs.iter().copied()).collect();
        let all: BTreeSet<String> = Cli::command().get_subcommands().map(|verb| verb.get_name().to_owned()).collect();
        assert_eq!(grouped.len(), all.len());
        assert_eq!(grouped.into_iter().map(str::to_owned).collect::<BTreeSet<_>>(), all);
    }

    #[test]
    fn the_list_of_commands_fits_a_narrow_screen() {
        let help = grouped().render_help().to_string();
        let wide: Vec<&str> = help.lines().filter(|line| line.chars().count() > 80).collect();
        assert!(wide.is_empty(), "{wide:#?}");
    }
}
