//! Cases name tools as their author knows them; replies name them as the model sees them.

use std::collections::BTreeMap;

use crate::artifact::{Check, Suite};

/// The suite with every tool in its checks named as the model sees it.
///
/// `tools` maps the artifact's name of each tool in the bundle to its inner name. An inner name is left as it
/// is, even where another tool's artifact bears it. Run and re-score with the same suite.
#[must_use]
pub fn with_model_names(mut suite: Suite, tools: &BTreeMap<String, String>) -> Suite {
    let rename = |name: &mut String| {
        if !tools.values().any(|inner| inner == name)
            && let Some(inner) = tools.get(name.as_str())
        {
            name.clone_from(inner);
        }
    };
    for expectation in suite.cases.iter_mut().flat_map(|case| &mut case.expect) {
        match &mut expectation.check {
            Check::ToolCall(call) => rename(&mut call.name),
            Check::ToolCalls(calls) => calls.iter_mut().for_each(|call| rename(&mut call.name)),
            _ => {}
        }
    }
    suite
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        artifact::{ArgumentMatch, Case, Expectation, Subject},
        name::Name,
    };

    #[test]
    fn an_artifact_s_name_means_its_inner_name_and_an_inner_name_means_itself() {
        let call = |name: &str| ArgumentMatch { name: name.to_owned(), arguments: None };
        let check = Check::ToolCalls(["issue-refund", "lookup", "refund", "other"].map(call).to_vec());
        let expect = vec![Expectation { negated: true, check }];
        let case = Case { id: "x".to_owned(), tags: Vec::new(), vars: serde_json::Map::new(), expect };
        let suite =
            Suite { subject: Subject::Prompt(Name::parse("x").unwrap()), repeat: 1, public: false, cases: vec![case] };
        let pair = |(artifact, inner): (&str, &str)| (artifact.to_owned(), inner.to_owned());
        let tools = [("issue-refund", "refund"), ("find", "lookup"), ("lookup", "look_up_v2")].map(pair).into();
        let Check::ToolCalls(calls) = &with_model_names(suite, &tools).cases[0].expect[0].check else { panic!() };
        let names: Vec<&str> = calls.iter().map(|call| call.name.as_str()).collect();
        assert_eq!(names, ["refund", "lookup", "refund", "other"]);
    }
}
