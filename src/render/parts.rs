//! The walk from parts to request: gather, check, fill, run, cut into messages.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use minijinja::{Environment, Error, ErrorKind, State, Value as Any, value::Serde};
use serde_json::{Map, Value, json};

use crate::{
    artifact::{Input, Model, Policy, PolicyLanguage, Prompt, Template, Tool},
    name::Name,
    object::Digest,
    problem::{Problem, did_you_mean},
};

use super::{
    Message, RenderError, Request, Speaker,
    engine::{self, Bounded},
    guarded::Guarded,
    marks::{Mark, Marks},
    meter::Meter,
    scan::{self, Scan},
    text::Body,
    uses, variables,
};

/// The name under which the engine knows the prompt itself; no artifact can have it.
const MAIN: &str = "<prompt>";

/// A prompt with everything it names, already fetched. More than it names does no harm.
#[derive(Debug, Clone, PartialEq)]
pub struct Parts {
    /// The prompt's file, as messages name it.
    pub path: String,
    /// The prompt.
    pub prompt: Prompt,
    /// Fragments by their names, which begin the last word with `_`, those of fragments included.
    pub fragments: BTreeMap<Name, Prompt>,
    /// Policies by their names.
    pub policies: BTreeMap<Name, Policy>,
    /// Tools in the prompt's order.
    pub tools: Vec<(Name, Tool)>,
    /// The model, when the prompt names one.
    pub model: Option<Model>,
}

/// Makes the request: the same parts and variables give the same request, always.
///
/// # Errors
///
/// See [`RenderError`]; all static problems at once, then all bad variables at once, then what the
/// template ran into.
pub fn render(parts: &Parts, given: &Map<String, Value>) -> Result<Request, RenderError> {
    Prepared::of(parts)?.with(given)
}

/// Parts made ready once, for the variables of many cases.
#[derive(Debug)]
pub struct Prepared<'a> {
    parts: &'a Parts,
    tools: Vec<Value>,
    template: Option<Ready>,
}

/// A template that was checked, with the engine that knows it.
#[derive(Debug)]
struct Ready {
    inputs: BTreeMap<String, Input>,
    guarded: BTreeMap<String, Guarded>,
    /// Without marks: each rendering has its own.
    engine: Result<Environment<'static>, Error>,
}

impl<'a> Prepared<'a> {
    /// Checks everything that no variable can change.
    ///
    /// # Errors
    ///
    /// [`RenderError::DuplicateTool`], or all static problems at once.
    pub fn of(parts: &'a Parts) -> Result<Self, RenderError> {
        let tools = tools(&parts.tools)?;
        let template = match parts.prompt.template {
            Template::None => None,
            Template::Jinja => Some(Ready::of(parts)?),
        };
        Ok(Self { parts, tools, template })
    }

    /// Makes the request, as [`render`] does.
    ///
    /// # Errors
    ///
    /// All bad variables at once, then what the template ran into.
    pub fn with(&self, given: &Map<String, Value>) -> Result<Request, RenderError> {
        let parts = self.parts;
        let messages = match &self.template {
            None => raw(&parts.prompt, given)?,
            Some(template) => template.filled(parts, given)?,
        };
        let (model, params) = parts.model.as_ref().map_or_else(Default::default, |m| (m.id.clone(), m.params.clone()));
        Ok(Request { model, messages, tools: self.tools.clone(), params })
    }
}

impl Ready {
    fn of(parts: &Parts) -> Result<Self, RenderError> {
        let (inputs, guarded) = (check(parts)?, guarded(parts));
        let mut engine = engine::bare(engine::STEPS);
        functions(&mut engine, parts);
        let engine = load(&mut engine, parts, &guarded).map(|()| engine);
        Ok(Self { inputs, guarded, engine })
    }

    fn filled(&self, parts: &Parts, given: &Map<String, Value>) -> Result<Vec<Message>, RenderError> {
        let variables = variables::resolve(&self.inputs, given).map_err(RenderError::Variables)?;
        let marks = Arc::new(Marks::sealed(&fingerprint(parts, &variables)));
        let explained = |error: &Error| explain(parts, &self.guarded, &variables, error);
        let engine = self.engine.as_ref().map_err(explained)?.clone();
        let text = run(engine, &marks, &variables).map_err(|error| explained(&error))?;
        marks.messages(&parts.path, &text)
    }
}

/// Tools as the model sees them.
fn tools(tools: &[(Name, Tool)]) -> Result<Vec<Value>, RenderError> {
    let mut seen: BTreeMap<&str, &Name> = BTreeMap::new();
    let mut shapes = Vec::new();
    for (artifact, tool) in tools {
        if let Some(first) = seen.insert(&tool.name, artifact) {
            let (first, second) = (first.clone(), artifact.clone());
            return Err(RenderError::DuplicateTool { name: tool.name.clone(), first, second });
        }
        shapes.push(json!({ "name": tool.name, "description": tool.description, "inputSchema": tool.parameters }));
    }
    Ok(shapes)
}

/// A raw prompt takes no variables: nothing in it could use them.
fn raw(prompt: &Prompt, given: &Map<String, Value>) -> Result<Vec<Message>, RenderError> {
    variables::resolve(&BTreeMap::new(), given).map_err(RenderError::Variables)?;
    Ok(vec![Message::new(Speaker::User, prompt.body.clone())])
}

/// The prompt and every fragment it reaches, statically sound together; gives all inputs.
///
/// A fragment's own inputs count for the whole; where both declare one, the prompt's declaration holds.
fn check(parts: &Parts) -> Result<BTreeMap<String, Input>, RenderError> {
    let mut inputs: BTreeMap<String, Input> = BTreeMap::new();
    for fragment in parts.fragments.values() {
        inputs.extend(fragment.inputs.clone());
    }
    inputs.extend(parts.prompt.inputs.clone());
    let known: BTreeSet<&str> = inputs.keys().map(String::as_str).collect();
    let mut walk = Walk { parts, known, done: BTreeSet::new(), problems: Vec::new() };
    walk.visit(&parts.prompt, &parts.path, &mut Vec::new());
    let mut problems = walk.problems;
    if problems.is_empty() {
        return Ok(inputs);
    }
    problems.sort();
    problems.dedup();
    Err(RenderError::Invalid(problems))
}

/// A walk over all includes.
struct Walk<'a> {
    parts: &'a Parts,
    known: BTreeSet<&'a str>,
    done: BTreeSet<Name>,
    problems: Vec<Problem>,
}

impl<'a> Walk<'a> {
    fn visit(&mut self, prompt: &'a Prompt, path: &str, chain: &mut Vec<Name>) {
        if prompt.template == Template::None {
            return;
        }
        let body = Body::of(prompt, path);
        let scan = match uses::scan(body, &self.known) {
            Ok(scan) => scan,
            Err(problem) => return self.problems.push(*problem),
        };
        self.problems.extend(uses::static_problems(body, prompt, &scan));
        self.problems.extend(uses::undeclared(body, &self.known, &scan));
        self.policies(body, &scan);
        for include in &scan.includes {
            self.include(body, &include.what, include.offset, chain);
        }
    }

    fn include(&mut self, body: Body<'_>, name: &Name, offset: usize, chain: &mut Vec<Name>) {
        if chain.contains(name) {
            let path: Vec<&str> = chain.iter().chain([name]).map(Name::as_str).collect();
            let message = format!("fragments include each other without end: {}", path.join(" → "));
            return self.problems.push(body.problem(offset, "include-loop", message));
        }
        if chain.len() >= engine::DEEPEST {
            let message = format!("fragments include each other more than {} deep", engine::DEEPEST);
            return self.problems.push(body.problem(offset, "include-depth", message));
        }
        let Some((name, fragment)) = self.parts.fragments.get_key_value(name) else {
            let known = self.parts.fragments.keys().map(Name::as_str);
            let problem = body.problem(offset, "unknown-fragment", format!("there is no fragment `{name}`"));
            return self.problems.push(problem.nearest(name.as_str(), known));
        };
        if self.done.insert(name.clone()) {
            chain.push(name.clone());
            self.visit(fragment, &fragment_path(name), chain);
            chain.pop();
        }
    }

    fn policies(&mut self, body: Body<'_>, scan: &Scan) {
        for found in &scan.policies {
            let name = &found.what;
            let problem = match self.parts.policies.get(name).map(|policy| policy.language) {
                Some(PolicyLanguage::Prose) => continue,
                Some(_) => body
                    .problem(found.offset, "policy-not-prose", format!("the policy `{name}` is code, not prose"))
                    .next("place a prose policy, or say in words what the code enforces"),
                None => body
                    .problem(found.offset, "unknown-policy", format!("there is no policy `{name}`"))
                    .nearest(name.as_str(), self.parts.policies.keys().map(Name::as_str)),
            };
            self.problems.push(problem);
        }
    }
}

/// How messages name a fragment: its file may not exist where an environment is rendered.
fn fragment_path(name: &Name) -> String {
    format!("prompt/{name}")
}

/// The digest of all text and all values that go in.
fn fingerprint(parts: &Parts, variables: &Map<String, Value>) -> Digest {
    let texts = parts.fragments.values().chain([&parts.prompt]).map(|prompt| prompt.body.as_str());
    let prose = parts.policies.values().map(|policy| policy.text.as_str());
    let all = json!({ "texts": texts.collect::<Vec<_>>(), "prose": prose.collect::<Vec<_>>(), "variables": variables });
    Digest::of(all.to_string().as_bytes())
}

fn run(mut engine: Environment<'static>, marks: &Arc<Marks>, variables: &Map<String, Value>) -> Result<String, Error> {
    engine::mark(&mut engine, marks);
    conversations(&mut engine, marks);
    let mut out = Bounded::default();
    engine.get_template(MAIN)?.render_captured_to(Any::from(Serde(variables)), &mut out)?;
    Ok(String::from_utf8_lossy(&out.bytes).into_owned())
}

fn functions(engine: &mut Environment<'static>, parts: &Parts) {
    engine.add_function("role", |word: &str| {
        let speaker = Speaker::parse(word).ok_or_else(|| refused(format!("there is no role `{word}`")))?;
        Ok::<_, Error>(Any::from_object(Mark::Role(speaker)))
    });
    let prose: BTreeMap<String, String> =
        parts.policies.iter().map(|(name, policy)| (name.to_string(), policy.text.clone())).collect();
    engine.add_function("policy", move |state: &mut State<'_, '_>, name: &str| {
        let text = prose.get(name).ok_or_else(|| refused(format!("there is no policy `{name}`")))?;
        Meter::of(state).give(Any::from(text.as_str()))
    });
}

fn conversations(engine: &mut Environment<'static>, marks: &Arc<Marks>) {
    let marks = Arc::clone(marks);
    engine.add_function("messages", move |state: &mut State<'_, '_>, value: Any| {
        Meter::of(state).take(&value)?;
        let value = serde_json::to_value(&value).map_err(|e| refused(e.to_string()))?;
        let messages = variables::conversation(&value).map_err(|why| refused(format!("not a conversation: {why}")))?;
        Meter::of(state).keep(messages.iter().map(Message::size).sum())?;
        Ok::<_, Error>(Any::from_object(marks.keep(messages)))
    });
}

fn refused(why: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, why)
}

/// The templates as the engine runs them, by the names it knows them under.
///
/// What a fragment puts out may go into a capture of the prompt that includes it.
fn guarded(parts: &Parts) -> BTreeMap<String, Guarded> {
    let fragments = parts.fragments.iter().filter(|(_, fragment)| fragment.template == Template::Jinja);
    let fragments = fragments.map(|(name, fragment)| (name.to_string(), Guarded::template(&fragment.body, true)));
    fragments.chain([(MAIN.to_owned(), Guarded::template(&parts.prompt.body, false))]).collect()
}

/// Gives the engine every template under its name. A raw fragment is a template that puts out one value.
fn load(engine: &mut Environment<'static>, parts: &Parts, guarded: &BTreeMap<String, Guarded>) -> Result<(), Error> {
    engine.set_path_join_callback(|name, _| scan::fragment_name(name).into());
    let raw = parts.fragments.iter().filter(|(_, fragment)| fragment.template == Template::None);
    for (number, (name, fragment)) in raw.enumerate() {
        let variable = format!("__raw_fragment_{number}");
        engine.add_global(variable.clone(), Any::from(fragment.body.clone()));
        engine.add_template_owned(name.to_string(), format!("{{{{ {variable} }}}}"))?;
    }
    guarded.iter().try_for_each(|(name, guarded)| engine.add_template_owned(name.clone(), guarded.text.clone()))
}

/// The engine's error in our words, placed in the file it happened in.
fn explain(
    parts: &Parts,
    guarded: &BTreeMap<String, Guarded>,
    variables: &Map<String, Value>,
    error: &Error,
) -> RenderError {
    let root = innermost(error);
    let path = parts.path.clone();
    match root.kind() {
        ErrorKind::OutOfFuel => return RenderError::OutOfSteps { path, steps: engine::STEPS },
        ErrorKind::WriteFailure => return RenderError::TooLarge { path, limit: engine::LARGEST },
        _ => {}
    }
    let fragment = root.name().and_then(|name| Name::parse(name).ok());
    let fragment = fragment.and_then(|name| parts.fragments.get(&name).map(|prompt| (fragment_path(&name), prompt)));
    let (path, prompt) = fragment.unwrap_or((path, &parts.prompt));
    let body = Body::of(prompt, &path);
    let guarded = guarded.get(root.name().unwrap_or(MAIN));
    let range = root.range().map(|range| guarded.map_or(range.clone(), |guarded| guarded.original(&range)));
    let problem = body.failure(root, range.as_ref().map(|range| range.start), "template-failed");
    if root.kind() != ErrorKind::UndefinedError {
        return RenderError::Failed(Box::new(problem));
    }
    let expression = range.and_then(|range| body.text.get(range)).unwrap_or("a value").trim().to_owned();
    let problem = Problem { code: "undefined".to_owned(), message: format!("`{expression}` is undefined"), ..problem };
    let last = expression.rsplit('.').next().unwrap_or(&expression);
    let advice = did_you_mean(last, variables.keys().map(String::as_str).filter(|name| *name != expression));
    let test = || format!("give it, or test it first: {{% if {expression} is defined %}}");
    let problem = problem.next(advice.unwrap_or_else(test));
    RenderError::Undefined { expression, problem: Box::new(problem) }
}

/// The error behind those that only say that an include failed.
fn innermost(error: &Error) -> &Error {
    let mut inner = error;
    while let Some(source) = std::error::Error::source(inner).and_then(|source| source.downcast_ref::<Error>()) {
        inner = source;
    }
    inner
}

#[cfg(test)]
mod tests;
