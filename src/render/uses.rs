//! What a prompt needs besides itself, and what is wrong with it as it stands.

use std::collections::BTreeSet;

use crate::{
    artifact::{Prompt, Template},
    name::Name,
    problem::{Problem, nearest},
};

use super::{
    scan::{self, Fault, Found, Scan},
    text::Body,
};

/// All that one prompt names. Fragments bring more: their own uses.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Uses {
    /// The model it is written for.
    pub model: Option<Name>,
    /// Tools, in the author's order.
    pub tools: Vec<Name>,
    /// Policies of the front matter, in the author's order; every one in the body is among them.
    pub policies: Vec<Name>,
    /// Fragments the body includes, sorted; `include "tone"` means `_tone`.
    pub fragments: Vec<Name>,
    /// Variables the body reads and does not set itself.
    pub variables: BTreeSet<String>,
    /// What is worth saying and fails nothing: inputs that are declared and never used.
    pub warnings: Vec<Problem>,
}

/// Reads what a prompt uses from its front matter and its body.
///
/// `text` is the whole file, for the position of unused inputs. A file whose last word begins with `_` is a
/// fragment: it may read what the including prompt declares, so its variables are judged there.
/// A raw prompt uses what its settings say; its text is never read as a template.
///
/// # Errors
///
/// Every static problem of the file, warnings among them.
pub fn uses(prompt: &Prompt, path: &str, text: &str) -> Result<Uses, Vec<Problem>> {
    let mut uses = Uses {
        model: prompt.model.clone(),
        tools: prompt.tools.clone(),
        policies: prompt.policies.clone(),
        ..Uses::default()
    };
    if prompt.template == Template::None {
        return Ok(uses);
    }
    let body = Body::of(prompt, path);
    let inputs: BTreeSet<&str> = prompt.inputs.keys().map(String::as_str).collect();
    let scan = scan(body, &inputs).map_err(|problem| vec![*problem])?;
    let mut problems = static_problems(body, prompt, &scan);
    if !is_fragment(path) {
        if scan.includes.is_empty() {
            uses.warnings = unused(prompt, path, text, &scan);
        }
        problems.extend(undeclared(body, &inputs, &scan));
    }
    if !problems.is_empty() {
        problems.append(&mut uses.warnings);
        problems.sort();
        return Err(problems);
    }
    uses.fragments = scan.includes.into_iter().map(|found| found.what).collect::<BTreeSet<_>>().into_iter().collect();
    uses.variables = scan.variables.into_iter().map(|found| found.what).collect();
    Ok(uses)
}

/// Parses and reads a body.
pub(super) fn scan(body: Body<'_>, inputs: &BTreeSet<&str>) -> Result<Scan, Box<Problem>> {
    Ok(scan::template(&body.parse()?, inputs))
}

/// What the body may not do, and policies it places without declaring them.
pub(super) fn static_problems(body: Body<'_>, prompt: &Prompt, scan: &Scan) -> Vec<Problem> {
    let faults = scan.faults.iter().map(|fault| of_fault(body, fault));
    let undeclared = scan.policies.iter().filter(|found| !prompt.policies.contains(&found.what)).map(|found| {
        let message = format!("`policy(\"{}\")` is not among the `policies` of the front matter", found.what);
        let problem = body.problem(found.offset, "undeclared-policy", message);
        match nearest(found.what.as_str(), prompt.policies.iter().map(Name::as_str)) {
            Some(near) => problem.next(format!("did you mean `{near}`?")),
            None => problem.next(format!("add \"{}\" to `policies`", found.what)),
        }
    });
    faults.chain(undeclared).collect()
}

/// Variables that nothing declares.
pub(super) fn undeclared(body: Body<'_>, inputs: &BTreeSet<&str>, scan: &Scan) -> Vec<Problem> {
    let is_unknown = |found: &&Found<String>| !inputs.contains(found.what.as_str());
    let problem = |found: &Found<String>| {
        let name = &found.what;
        let problem = body.problem(found.offset, "undeclared-input", format!("`{name}` is not declared"));
        match nearest(name, inputs.iter().copied()) {
            Some(near) => problem.next(format!("did you mean `{near}`?")),
            None => problem.next(format!("declare it: [inputs.{name}]")),
        }
    };
    scan.variables.iter().filter(is_unknown).map(problem).collect()
}

fn of_fault(body: Body<'_>, fault: &Fault) -> Problem {
    let problem = body.problem(fault.offset, fault.code, fault.message.clone());
    match &fault.next {
        Some(next) => problem.next(next.clone()),
        None => problem,
    }
}

fn unused(prompt: &Prompt, path: &str, text: &str, scan: &Scan) -> Vec<Problem> {
    let is_used = |name: &str| scan.variables.iter().any(|found| found.what == name);
    let front = text.get(..text.len().saturating_sub(prompt.body.len())).unwrap_or_default();
    let warning = |name: &String| {
        let message = format!("the input `{name}` is declared and never used");
        let offset = [format!("[inputs.{name}]"), format!("[inputs.\"{name}\"]"), name.clone()]
            .iter()
            .find_map(|form| front.find(form.as_str()));
        let problem = match offset {
            Some(offset) => Problem::at(path, text, offset, "unused-input", message),
            None => Problem::whole(path, "unused-input", message),
        };
        problem.next("use it in the body, or remove it").as_warning()
    };
    prompt.inputs.keys().filter(|name| !is_used(name)).map(warning).collect()
}

fn is_fragment(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|file| file.starts_with('_'))
}
