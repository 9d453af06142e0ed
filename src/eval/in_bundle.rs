//! What the checks of a suite take from the bundle: the names of its tools, their schemas, its price.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;

use crate::artifact::{Check, Price, Suite, Tool};

/// What a bundle lends to the checks of its suites.
///
/// All of it is part of the bundle's digest, so that evidence, which names bundle and suite, can be scored again.
#[derive(Debug, Clone, Default)]
pub struct Lent {
    /// Its tools: the artifact's name of each, and the name the model sees.
    tools: BTreeMap<String, String>,
    /// The schema of each tool's arguments, by the name the model sees.
    schemas: Arc<BTreeMap<String, Value>>,
    /// The prompt's `[output] schema`.
    output: Option<Arc<Value>>,
    /// What its model costs.
    price: Option<Price>,
}

impl Lent {
    /// What these tools (by their artifacts' names), this output schema and this price lend.
    pub fn new<'t>(
        tools: impl IntoIterator<Item = (String, &'t Tool)>,
        output: Option<Value>,
        price: Option<Price>,
    ) -> Self {
        let mut lent = Self { output: output.map(Arc::new), price, ..Self::default() };
        let mut schemas = BTreeMap::new();
        for (artifact, tool) in tools {
            schemas.insert(tool.name.clone(), tool.parameters.clone());
            lent.tools.insert(artifact, tool.name.clone());
        }
        lent.schemas = Arc::new(schemas);
        lent
    }

    /// Names of the tools, as suites may write them: artifact and inner name of each.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tools.iter().flat_map(|(artifact, inner)| [artifact.as_str(), inner.as_str()])
    }

    /// What a check needs that the bundle does not have; such a check could never be carried out.
    pub fn lacks(&self, check: &Check) -> Option<&'static str> {
        match check {
            Check::OutputSchema(_) if self.output.is_none() => Some("the prompt has no `[output] schema`"),
            Check::ValidCalls(_) if self.tools.is_empty() => Some("the bundle has no tool"),
            Check::MaxCost(_) if self.price.is_none() => Some("the model has no `price`"),
            _ => None,
        }
    }

    fn inner<'a>(&'a self, name: &str) -> Option<&'a String> {
        if self.schemas.contains_key(name) { None } else { self.tools.get(name) }
    }
}

/// The suite as it is scored against a bundle: its checks have what the bundle lends, every tool in them is named as
/// the model sees it, and whoever is answered by tools must call them rightly and come to an end.
///
/// An inner name is left as it is, even where another tool's artifact bears it. Run and re-score with the same suite.
#[must_use]
pub fn in_bundle(mut suite: Suite, lent: &Lent) -> Suite {
    let mut lend = |check: &mut Check| {
        for name in check.tools_mut() {
            if let Some(inner) = lent.inner(name) {
                name.clone_from(inner);
            }
        }
        match check {
            Check::OutputSchema(schema) => schema.clone_from(&lent.output),
            Check::ValidCalls(schemas) => *schemas = Some(Arc::clone(&lent.schemas)),
            Check::MaxCost(cost) => cost.price = lent.price,
            _ => {}
        }
    };
    for case in &mut suite.cases {
        let unsaid = case.conversation.unsaid(&case.expect);
        case.expect.extend(unsaid);
    }
    for result in suite.cases.iter_mut().flat_map(|case| &mut case.conversation.tool_results) {
        if let Some(inner) = lent.inner(&result.call.name) {
            result.call.name.clone_from(inner);
        }
    }
    for expectation in suite.cases.iter_mut().flat_map(|case| &mut case.expect) {
        expectation.each_check(&mut lend);
    }
    suite
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        artifact::{ArgumentMatch, CallOrder, Calls, Case, Conversation, Expectation, Subject, ToolShape},
        name::Name,
    };

    fn tool(name: &str) -> Tool {
        let (description, annotations) = (String::new(), Value::Null);
        Tool { name: name.to_owned(), description, parameters: json!({}), annotations, shape: ToolShape::Mcp }
    }

    fn suite(check: Check) -> Suite {
        let expect = vec![Expectation { negated: true, check }];
        let case = Case {
            id: "x".to_owned(),
            tags: Vec::new(),
            vars: serde_json::Map::new(),
            expect,
            conversation: Conversation::default(),
            quarantine: None,
        };
        Suite { subject: Subject::Prompt(Name::parse("x").unwrap()), repeat: 1, public: false, cases: vec![case] }
    }

    #[test]
    fn an_artifact_s_name_means_its_inner_name_and_an_inner_name_means_itself() {
        let call = |name: &str| ArgumentMatch {
            name: name.to_owned(),
            arguments: None,
            conditions: std::collections::BTreeMap::new(),
        };
        let calls = ["issue-refund", "lookup", "refund", "other"].map(call).to_vec();
        let inner = Check::ToolCalls(Calls { order: CallOrder::Exactly, calls });
        let used = Check::ToolsUsed(vec!["find".to_owned()]);
        let of = [inner, used].map(|check| Expectation { negated: false, check }).to_vec();
        let tools = [("issue-refund", tool("refund")), ("find", tool("lookup")), ("lookup", tool("look_up_v2"))];
        let lent = Lent::new(tools.iter().map(|(name, tool)| ((*name).to_owned(), tool)), None, None);
        let told = in_bundle(suite(Check::Any(of)), &lent).cases.remove(0).expect.remove(0);
        let names: Vec<&str> = told.each().into_iter().flat_map(|one| one.check.tools()).collect();
        assert_eq!(names, ["refund", "lookup", "refund", "other", "lookup"]);
    }

    #[test]
    fn a_bundle_lends_what_it_has_each_time_anew() {
        let lent = Lent::new([], Some(json!({ "type": "object" })), None);
        let first = in_bundle(suite(Check::OutputSchema(None)), &lent);
        let check = |suite: &Suite| suite.cases[0].expect[0].check.clone();
        assert_eq!(check(&first), Check::OutputSchema(Some(Arc::new(json!({ "type": "object" })))));
        assert_eq!(check(&in_bundle(first, &Lent::default())), Check::OutputSchema(None));
        assert!(lent.lacks(&Check::OutputSchema(None)).is_none() && lent.lacks(&Check::ValidCalls(None)).is_some());
    }
}
