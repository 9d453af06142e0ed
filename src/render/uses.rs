//! What a prompt needs besides itself, and what is wrong with it as it stands.

use std::collections::BTreeSet;

use crate::{
    artifact::{Prompt, Template},
    name::Name,
    problem::{Problem, did_you_mean},
};

use super::{
    scan::{self, Found, Scan},
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
    let faults = scan.faults.iter().map(|fault| body.fault(fault));
    let undeclared = scan.policies.iter().filter(|found| !prompt.policies.contains(&found.what)).map(|found| {
        let message = format!("`policy(\"{}\")` is not among the `policies` of the front matter", found.what);
        let problem = body.problem(found.offset, "undeclared-policy", message);
        let advice = did_you_mean(found.what.as_str(), prompt.policies.iter().map(Name::as_str));
        problem.next(advice.unwrap_or_else(|| format!("add \"{}\" to `policies`", found.what)))
    });
    faults.chain(undeclared).collect()
}

/// Variables that nothing declares.
pub(super) fn undeclared(body: Body<'_>, inputs: &BTreeSet<&str>, scan: &Scan) -> Vec<Problem> {
    let is_unknown = |found: &&Found<String>| !inputs.contains(found.what.as_str());
    let problem = |found: &Found<String>| {
        let name = &found.what;
        let problem = body.problem(found.offset, "undeclared-input", format!("`{name}` is not declared"));
        let advice = did_you_mean(name, inputs.iter().copied());
        problem.next(advice.unwrap_or_else(|| format!("declare it: [inputs.{name}]")))
    };
    scan.variables.iter().filter(is_unknown).map(problem).collect()
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::artifact::{Input, InputType};

    fn prompt(inputs: &[&str], body: &str) -> (Prompt, String) {
        let input =
            || Input { kind: InputType::String, description: None, personal: false, optional: false, default: None };
        let inputs: BTreeMap<String, Input> = inputs.iter().map(|name| ((*name).to_owned(), input())).collect();
        let front: Vec<String> = inputs.keys().map(|name| format!("[inputs.{name}]\ntype = \"string\"\n")).collect();
        let front = front.concat();
        let head = format!("+++\n{front}+++\n");
        let prompt = Prompt {
            model: Some(Name::parse("fast").unwrap()),
            tools: vec![Name::parse("lookup").unwrap()],
            policies: vec![Name::parse("refunds").unwrap()],
            inputs,
            output_schema: None,
            template: Template::Jinja,
            body: body.to_owned(),
            body_line: u32::try_from(head.lines().count()).unwrap() + 1,
        };
        (prompt, head + body)
    }

    #[test]
    fn a_prompt_names_what_it_needs() {
        let body = "{{ role('system') }}{% include 'tone' %}{% include \"team/_rules\" %}{{ policy('refunds') }}\
                    {% for m in list %}{{ loop.index }}{{ m }}{% endfor %}{% set y = city %}{{ y }}";
        let (prompt, text) = prompt(&["city", "list"], body);
        let uses = uses(&prompt, "prompts/triage.md", &text).unwrap();
        let fragments: Vec<&str> = uses.fragments.iter().map(Name::as_str).collect();
        assert_eq!(fragments, ["_tone", "team/_rules"]);
        assert_eq!(uses.variables, BTreeSet::from(["city".to_owned(), "list".to_owned()]));
        assert_eq!((uses.tools.len(), uses.policies.len(), uses.model.is_some()), (1, 1, true));
        assert!(uses.warnings.is_empty());
    }

    #[test]
    fn every_problem_of_a_file_is_given_at_once_with_its_place() {
        let (prompt, text) = prompt(&["message", "spare"], "Hi\n{{ mesage }} {{ policy('refund') }}\n{{ nothing }}");
        let problems = uses(&prompt, "prompts/triage.md", &text).unwrap_err();
        let said: Vec<_> = problems
            .iter()
            .map(|p| (p.line, p.column, p.code.as_str(), p.next.as_deref().unwrap_or(""), p.warning))
            .collect();
        assert_eq!(
            said,
            [
                (2, 1, "unused-input", "use it in the body, or remove it", true),
                (4, 1, "unused-input", "use it in the body, or remove it", true),
                (8, 4, "undeclared-input", "did you mean `message`?", false),
                (8, 24, "undeclared-policy", "did you mean `refunds`?", false),
                (9, 4, "undeclared-input", "declare it: [inputs.nothing]", false),
            ]
        );
    }

    #[test]
    fn an_unused_input_is_a_warning_and_fails_nothing() {
        let (prompt, text) = prompt(&["city", "spare"], "{{ city }}");
        let warnings = uses(&prompt, "prompts/triage.md", &text).unwrap().warnings;
        assert_eq!((warnings.len(), warnings[0].line, warnings[0].warning), (1, 4, true));
    }

    #[test]
    fn a_fragment_may_read_what_the_prompt_around_it_declares() {
        let (prompt, text) = prompt(&[], "{{ city }}");
        assert!(uses(&prompt, "prompts/_tone.md", &text).is_ok());
        assert!(uses(&prompt, "prompts/tone.md", &text).is_err());
    }

    #[test]
    fn a_raw_prompt_is_never_read_as_a_template() {
        let (mut prompt, text) = prompt(&[], "{{ city }} {% include x");
        prompt.template = Template::None;
        assert!(uses(&prompt, "prompts/raw.md", &text).unwrap().fragments.is_empty());
    }
}
