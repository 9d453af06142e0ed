//! `chancery people`: who may do what.

use super::{
    face::{self, Face, shown},
    values,
    wire::Wire,
};
use crate::{
    clock::Time,
    name::Role,
    ops::people::{self, Listed, Outcome, Request, Show},
    ui::{Line, Page, Table},
};

/// Show who may do what
///
/// By the rules in force, not by the file. --allowed-signers prints every key ever listed, as `ssh-keygen -Y verify`
/// takes them.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery people
  chancery people --allowed-signers > allowed_signers")]
pub(super) struct PeopleArgs {
    /// As it was at this time, RFC 3339
    #[arg(long, value_name = "TIME", value_parser = values::time)]
    at: Option<Time>,
    /// Print keys for ssh-keygen
    #[arg(long)]
    allowed_signers: bool,
}

pub(super) fn run(args: &PeopleArgs, wire: &Wire) -> face::Outcome {
    let show = if args.allowed_signers { Show::AllowedSigners } else { Show::People };
    shown(people::run(&wire.world()?, Request { at: args.at, show }))
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        if let Some(file) = &self.allowed_signers {
            page.raw(file.as_bytes());
            return;
        }
        let when = self.at.map_or_else(|| "In force".to_owned(), |at| format!("In force at {at}"));
        page.line(Line::new().text(when).text(" since event ").name(self.rules.short()));
        for person in &self.people {
            show(person, page);
        }
        if !self.former.is_empty() {
            page.heading("keys that count no longer; what they signed before stands");
            let mut table = Table::new();
            for key in &self.former {
                let until = format!("until {}", key.until.short());
                table.row([
                    Line::new().name(key.person.as_str()),
                    Line::new().text(until),
                    Line::new().faint(&key.fingerprint),
                ]);
            }
            page.indented(|page| page.table(table));
        }
    }
}

fn show(person: &Listed, page: &mut Page) {
    page.heading(person.person.as_str());
    page.indented(|page| {
        let roles: Vec<&str> = person.roles.iter().map(Role::as_str).collect();
        let program = if person.program { " (a program: never approves)" } else { "" };
        let roles = if roles.is_empty() { "no role: may read".to_owned() } else { roles.join(", ") };
        let may: Vec<&str> = person.may.iter().map(|verb| verb.word()).collect();
        let mut fields = vec![("roles", Line::new().text(roles).faint(program))];
        if !may.is_empty() {
            fields.push(("may", Line::new().text(may.join(", "))));
        }
        for limit in &person.limits {
            let reach =
                format!("{} only on {} in {}", limit.role, limit.artifacts.join(", "), limit.environments.join(", "));
            fields.push(("reach", Line::new().text(reach)));
        }
        for key in &person.keys {
            fields.push(("key", Line::new().faint(&key.fingerprint)));
        }
        page.fields(fields);
    });
}
