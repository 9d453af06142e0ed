//! `chancery merge`: what others committed, into the edited file.

use std::path::Path;

use super::{
    face::{self, Face, shown},
    wire::Wire,
};
use crate::{
    ops::merge::{self, Conflict, Done, Outcome, Request, Side},
    problem::counted,
    ui::{Line, Page},
};

/// Put what others committed into a file that was edited here
///
/// Compares both with the version your edit began from. What goes together is put together; what does not stands
/// between marks in the file, and no commit takes the file until they are gone. Nothing is recorded.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery merge refund-triage
  chancery merge prompts/refund-triage.md")]
pub(super) struct MergeArgs {
    /// Name or file
    artifact: String,
}

pub(super) fn run(args: &MergeArgs, wire: &Wire) -> face::Outcome {
    let artifact = wire.in_project(Path::new(&args.artifact))?;
    shown(merge::run(&wire.world()?, &Request { artifact }))
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        page.paragraph(self.said());
        for conflict in &self.conflicts {
            page.indented(|page| page.paragraph(line(conflict)));
        }
        match (self.result, self.conflicts.first()) {
            (_, Some(Conflict { deleted: Some(_), .. })) => {
                page.next(format!("keep or delete the file, then chancery commit {} -m \"why\"", self.path));
            }
            (_, Some(conflict)) => {
                page.next(format!("edit {}:{}, then take out the marks", conflict.path, conflict.line));
                page.next(format!("chancery commit {} -m \"why\"", self.path));
            }
            (Done::Merged, None) => {
                page.next(format!("chancery diff {}", self.artifact));
                page.next(format!("chancery commit {} -m \"why\"", self.path));
            }
            (Done::Taken | Done::Nothing, None) => {}
        }
    }
}

impl Outcome {
    fn said(&self) -> Line {
        let number = |number: u64| format!("v{number}");
        let head = Line::new().text("head ").strong(number(self.number));
        let base = self.base_number.map_or_else(String::new, |base| format!(" (both began from v{base})"));
        let name = Line::new().name(&self.path);
        match (self.result, self.conflicts.len()) {
            (Done::Merged, 0) => {
                let line = Line::new().good("merged").text(": ").append(name).text(" holds your edit and ");
                line.append(head).text(base)
            }
            (Done::Merged, count) => {
                let line = Line::new().bad(counted(count, "conflict")).text(" between ").append(name);
                line.text(" and ").append(head).text(base)
            }
            (Done::Taken, _) if self.head.is_none() => {
                Line::new().good("taken").text(": ").append(name).text(" is gone, as others deleted it")
            }
            (Done::Taken, _) => Line::new().good("taken").text(": ").append(name).text(" is now ").append(head),
            (Done::Nothing, 0) => {
                let line = Line::new().text("nothing to merge: nobody committed ").name(&self.artifact);
                line.text(" since ").append(name).text(" was last in step")
            }
            (Done::Nothing, count) => {
                let line = Line::new().bad(counted(count, "conflict")).text(" not resolved yet in ");
                line.append(name)
            }
        }
    }
}

fn line(conflict: &Conflict) -> Line {
    let path = Line::new().name(&conflict.path);
    match conflict.deleted {
        None => path.text(format!(" lines {} to {}", conflict.line, conflict.end)),
        Some(Side::Work) => path.text(" was deleted here and changed by others; it was put back"),
        Some(Side::Head) => path.text(" was changed here and deleted by others; it was kept"),
    }
}
