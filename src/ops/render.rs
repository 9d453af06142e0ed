//! `render`: the exact request a model would get.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    Answer, Failure, Next, Revision, Spec, World,
    parts::{Whole, gather},
    resolve::Names,
    served::refuse_halted,
    stage::{Ground, Stage},
    standing::Standing,
};
use crate::{
    artifact::{Input, InputType, Parsed, Subject},
    name::{Artifact, Environment, Kind, Name},
    object::BundleId,
    problem::{did_you_mean, quoted},
    render::{self, BadVariable, Message, RenderError},
};

/// How a request is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For reading.
    Text,
    /// Messages as JSON.
    Messages,
    /// As the `OpenAI` chat interface takes it.
    Openai,
    /// As the Anthropic messages interface takes it.
    Anthropic,
}

/// What to render, and with which variables.
#[derive(Debug, Clone)]
pub struct Request {
    /// The prompt.
    pub spec: Spec,
    /// Resolve everything as this environment does.
    pub environment: Option<Environment>,
    /// The golden case whose variables are taken: its id, or `SUITE/ID`.
    pub case: Option<String>,
    /// Variables of a file; they win over the case's.
    pub file: Map<String, Value>,
    /// Variables as typed; they win over all others.
    pub typed: Vec<(String, String)>,
    /// How it is shown.
    pub format: Format,
}

/// A request, and what it was made from.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The prompt.
    pub prompt: Name,
    /// The model's id; empty where its provider needs none.
    pub model: String,
    /// The conversation.
    pub messages: Vec<Message>,
    /// Tools in MCP shape.
    pub tools: Vec<Value>,
    /// Parameters of the model.
    pub params: Map<String, Value>,
    /// The bundle it was rendered from.
    pub bundle: BundleId,
    /// What to log with each decision; only for a bundle that is live.
    pub stamp: Option<String>,
    /// How many tokens it is, about.
    pub tokens: u64,
    /// The body of the call, where one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// The request for reading.
    #[serde(skip)]
    pub text: String,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.render/1";
    const SERVES: bool = true;
}

/// Renders a prompt; calls nothing.
///
/// # Errors
///
/// Every problem of the files involved, or of the variables, at once; `halted` for what an environment does not serve.
pub fn run(world: &World, request: &Request) -> Result<Outcome, Failure> {
    let standing = Standing::read(world)?;
    let (stage, prompt) = stage(world, &standing, request)?;
    let whole = gather(&stage, &prompt)?;
    serve(&stage, &whole)?;
    let variables = variables(&stage, &whole, request)?;
    let rendered = render::render(&whole.parts, &variables).map_err(|error| unrendered(&prompt, error))?;
    let body = match request.format {
        Format::Text => None,
        Format::Messages => Some(rendered.messages_face()),
        Format::Openai => Some(rendered.openai()),
        Format::Anthropic => Some(rendered.anthropic()),
    };
    let bundle = whole.bundle.id();
    Ok(Outcome {
        stamp: stamp(&stage, &prompt, bundle)?,
        tokens: render::tokens(&rendered),
        text: rendered.text(),
        body,
        bundle,
        prompt,
        model: rendered.model,
        messages: rendered.messages,
        tools: rendered.tools,
        params: rendered.params,
    })
}

/// What an environment would serve is refused while it is halted; working files and heads are nobody's to serve.
fn serve(stage: &Stage<'_>, whole: &Whole) -> Result<(), Failure> {
    let Ground::Environment(environment) = stage.ground() else { return Ok(()) };
    let members: Vec<Artifact> = whole.bundle.members.iter().map(|member| member.artifact.clone()).collect();
    refuse_halted(stage.standing(), environment, &whole.bundle.prompt, &members)
}

/// Where the prompt and everything it names is looked up.
fn stage<'a>(world: &'a World, standing: &'a Standing<'a>, request: &Request) -> Result<(Stage<'a>, Name), Failure> {
    let work = Stage::open(world, standing, Ground::Work)?;
    let names = work.found().map_or_else(|| Names::of(standing), |found| Names::with(standing, found));
    let artifact = names.one(&request.spec)?;
    if artifact.kind != Kind::Prompt {
        let message = format!("`{}` is a {}, and only prompts are rendered", artifact.name, artifact.kind);
        return Err(Failure::cannot("not-a-prompt", message).run(format!("chancery cat {artifact}")));
    }
    if artifact.name.is_fragment() {
        let message = format!("`{}` is a fragment; it is rendered with the prompt that includes it", artifact.name);
        return Err(Failure::cannot("not-a-prompt", message).run(format!("chancery impact {}", artifact.name)));
    }
    let revision = &request.spec.revision;
    let stage = match (&request.environment, revision) {
        (Some(environment), _) => {
            Stage::open(world, standing, Ground::Environment(environment.clone()))?.with(&artifact, revision)?
        }
        (None, Revision::Default | Revision::Work) => work,
        (None, revision) => Stage::at(world, standing, &artifact, revision)?,
    };
    Ok((stage, artifact.name))
}

/// The case's variables, then the file's, then those typed.
fn variables(stage: &Stage<'_>, whole: &Whole, request: &Request) -> Result<Map<String, Value>, Failure> {
    let mut variables = match &request.case {
        Some(case) => case_variables(stage, &whole.bundle.prompt, case)?,
        None => Map::new(),
    };
    variables.extend(request.file.clone());
    let inputs = whole.inputs();
    for (name, text) in &request.typed {
        variables.insert(name.clone(), typed(inputs.get(name), text));
    }
    Ok(variables)
}

/// Text where text is declared, JSON elsewhere; what is no JSON stays text, and its type is refused by name.
fn typed(input: Option<&Input>, text: &str) -> Value {
    match input.map(|input| input.kind) {
        None | Some(InputType::String) => Value::from(text),
        Some(_) => serde_json::from_str(text).unwrap_or_else(|_| Value::from(text)),
    }
}

/// The variables of a golden case of a suite that tests the prompt here.
pub(super) fn case_variables(stage: &Stage<'_>, prompt: &Name, wanted: &str) -> Result<Map<String, Value>, Failure> {
    let mut found: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    let mut known = Vec::new();
    let mut broken = Vec::new();
    for artifact in stage.artifacts()?.into_iter().filter(|artifact| artifact.kind == Kind::Suite) {
        let part = match stage.look_closely(&artifact)? {
            Ok(part) => part,
            Err(problems) => {
                broken.extend(problems);
                continue;
            }
        };
        let Some(part) = part else { continue };
        let suite = match part.parsed() {
            Ok(Parsed::Suite(suite)) => suite,
            Ok(_) => continue,
            Err(problems) => {
                broken.extend(problems);
                continue;
            }
        };
        if !matches!(&suite.subject, Subject::Prompt(name) if name.folded() == prompt.folded()) {
            continue;
        }
        for case in &suite.cases {
            let whole = format!("{}/{}", artifact.name, case.id);
            if case.id == wanted || whole == wanted {
                found.insert(whole, case.vars.clone());
            }
            known.push(case.id.clone());
        }
    }
    let several = quoted(found.keys(), " or ");
    let mut found = found.into_values();
    match (found.next(), found.next()) {
        (Some(vars), None) => Ok(vars),
        (Some(_), Some(_)) => Err(Failure::cannot("ambiguous-case", format!("`{wanted}` may be {several}"))
            .say("name the suite too: `--case SUITE/ID`")),
        (None, _) if !broken.is_empty() => Err(Failure::problems(broken)),
        (None, _) => {
            let message = format!("no suite of `{prompt}` {} has a case `{}`", stage.words(), wanted.escape_debug());
            let advice = did_you_mean(wanted, known.iter().map(String::as_str));
            let advice = advice.unwrap_or_else(|| "see its cases with `chancery eval`".to_owned());
            Err(Failure::cannot("no-such-case", message).say(advice))
        }
    }
}

/// The stamp of a bundle that is live; none for anything else.
fn stamp(stage: &Stage<'_>, prompt: &Name, bundle: BundleId) -> Result<Option<String>, Failure> {
    let Ground::Environment(environment) = stage.ground() else { return Ok(None) };
    let standing = stage.standing();
    let live = standing.state().bundle(environment, prompt)?.filter(|live| live.bundle == Some(bundle));
    let project = &standing.governance.project;
    Ok(live.map(|live| super::stamp::stamp(project, environment, &live.prompt, bundle, live.event)))
}

/// Why a prompt could not be rendered, with everything a person needs to mend it.
pub(super) fn unrendered(prompt: &Name, error: RenderError) -> Failure {
    let message = error.to_string();
    let cannot = |code| Failure::cannot(code, format!("cannot render `{prompt}`")).because(message.clone());
    match error {
        RenderError::Invalid(problems) => Failure::problems(problems),
        RenderError::Undefined { problem, .. } | RenderError::Failed(problem) => Failure::problems(vec![*problem]),
        RenderError::Variables(wrong) => give(cannot("bad-variables"), &wrong),
        RenderError::OutOfSteps { path, .. } => cannot("too-many-steps").next(edit(path, "make its loops shorter")),
        RenderError::TooLarge { path, .. } => cannot("too-large").next(edit(path, "make what it puts out shorter")),
        RenderError::TextOutsideMessage { path, .. } => cannot("text-outside-message")
            .next(edit(path, "put the text after a `{{ role(\"system\") }}` or `{{ role(\"user\") }}`")),
        RenderError::BrokenMark { path } => cannot("broken-mark")
            .next(edit(path, "let `role(…)` and `messages(…)` stand alone, without filters around them")),
        RenderError::DuplicateTool { first, .. } => cannot("duplicate-tool")
            .say(format!("take one of the two out of the bundle, or change the `name` inside `tool/{first}`")),
    }
}

fn edit(path: String, what: &str) -> Next {
    Next::Edit { path, line: None, what: what.to_owned() }
}

/// The flags that give what is missing.
fn give(failure: Failure, wrong: &[BadVariable]) -> Failure {
    let missing = wrong.iter().filter_map(|bad| match bad {
        BadVariable::Missing { name } => Some(format!("--var {name}=…")),
        BadVariable::Unknown { .. } | BadVariable::Type { .. } => None,
    });
    let flags: Vec<String> = missing.collect();
    if flags.is_empty() { failure } else { failure.say(format!("give it: `{}`, or take a `--case`", flags.join(" "))) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::{Exit, testing::TestProject};

    fn project() -> TestProject {
        let project = TestProject::new();
        project.write(
            "prompts/triage.md",
            "+++\nmodel = \"fast\"\ntools = [\"refund\"]\npolicies = [\"rules\"]\n[inputs.message]\n[inputs.count]\n\
             type = \"number\"\ndefault = 1\n+++\n{{ role(\"system\") }}{{ policy(\"rules\") }}{% include \"tone\" %}\n\
             {{ role(\"user\") }}{{ message }} ({{ count }})\n",
        );
        project.write("prompts/_tone.md", "+++\n+++\nBe kind.");
        project.write("policies/rules.md", "No refunds.\n");
        project.write("models/fast.toml", "provider = \"echo\"\nid = \"m-1\"\n");
        project.write(
            "tools/refund.json",
            r#"{"name":"issue_refund","description":"pays back","inputSchema":{"type":"object"}}"#,
        );
        project.write(
            "evals/triage.toml",
            "prompt = \"triage\"\n[[case]]\nid = \"cracked\"\nvars = { message = \"It is cracked\" }\nexpect = [{ contains = \"x\" }]\n",
        );
        project
    }

    fn ask(spec: &str) -> Request {
        Request {
            spec: spec.parse().unwrap(),
            environment: None,
            case: None,
            file: Map::new(),
            typed: Vec::new(),
            format: Format::Text,
        }
    }

    #[test]
    fn a_working_prompt_is_rendered_with_everything_it_names() {
        let project = project();
        let request = Request {
            case: Some("cracked".to_owned()),
            typed: vec![("count".to_owned(), "2".to_owned())],
            format: Format::Openai,
            ..ask("triage")
        };
        let outcome = run(&project.of("tom"), &request).unwrap();
        let said: Vec<&str> = outcome.messages.iter().map(|message| message.content.as_str()).collect();
        assert_eq!(said, ["No refunds.\nBe kind.", "It is cracked (2)"]);
        assert_eq!((outcome.model.as_str(), outcome.tools[0]["name"].as_str()), ("m-1", Some("issue_refund")));
        assert_eq!(outcome.stamp, None, "working files were never live");
        assert_eq!(outcome.body.unwrap()["tools"][0]["function"]["name"], "issue_refund");
    }

    #[test]
    fn what_is_missing_is_said_with_what_to_do() {
        let project = project();
        let failure = run(&project.of("tom"), &ask("triage")).unwrap_err();
        assert_eq!((failure.code, failure.exit), ("bad-variables", Exit::CannotBeDone));
        assert!(failure.next.contains(&Next::Say("give it: `--var message=…`, or take a `--case`".to_owned())));

        let request = Request { case: Some("craked".to_owned()), ..ask("triage") };
        let failure = run(&project.of("tom"), &request).unwrap_err();
        assert_eq!(failure.next, [Next::Say("did you mean `cracked`?".to_owned())]);
        assert_eq!(run(&project.of("tom"), &ask("rules")).unwrap_err().code, "not-a-prompt");
        assert_eq!(run(&project.of("tom"), &ask("_tone")).unwrap_err().code, "not-a-prompt");
        assert_eq!(run(&project.of("tom"), &ask("triag")).unwrap_err().code, "unknown-artifact");
    }

    #[test]
    fn names_that_nothing_has_are_told_where_they_stand_all_at_once() {
        let project = project();
        project.write(
            "prompts/triage.md",
            "+++\nmodel = \"fst\"\ntools = [\"refnd\", \"zebra\"]\n+++\n{% include \"tne\" %}",
        );
        let failure = run(&project.of("tom"), &ask("triage")).unwrap_err();
        let said: Vec<_> =
            failure.problems.iter().map(|p| (p.line, p.column, p.code.as_str(), p.next.as_deref())).collect();
        assert_eq!(
            said,
            [
                (2, 9, "unknown-model", Some("did you mean `fast`?")),
                (3, 10, "unknown-tool", Some("did you mean `refund`?")),
                (3, 19, "unknown-tool", None),
                (5, 12, "unknown-fragment", Some("did you mean `_tone`?")),
            ]
        );
    }

    #[test]
    fn a_policy_that_is_code_is_no_prose() {
        let project = project();
        project.write("prompts/gate.md", "+++\npolicies = [\"access\"]\n+++\n{{ policy(\"access\") }}");
        project.write("policies/access.cedar", "permit(principal, action, resource);\n");
        let failure = run(&project.of("tom"), &ask("gate")).unwrap_err();
        assert_eq!((failure.problems[0].line, failure.problems[0].code.as_str()), (4, "policy-not-prose"));
    }
}
