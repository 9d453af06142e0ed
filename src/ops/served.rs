//! What may be served: the one question that every way of serving asks before it hands anything out.
//!
//! `render --env`, and whatever else gives an application a bundle of an environment, calls [`refuse_halted`] with
//! everything the bundle consists of. Looking at versions (`show`, `cat`, `env`) and measuring them (`eval`) is no
//! serving, and goes on while something is halted.

use super::{Failure, resolve::Names, standing::Standing, stopping};
use crate::{
    gate::StopFacts,
    name::{Artifact, Environment, Kind, Name},
    problem::quoted,
    state::BundleRecord,
};

/// Refuses to serve a prompt's bundle in an environment while everything, the environment, or any member of the bundle
/// is halted.
///
/// # Errors
///
/// `halted` (exit 1) with who halted what, when and why, and who may resume it; or a state that cannot be read.
pub(super) fn refuse_halted(
    standing: &Standing<'_>,
    environment: &Environment,
    prompt: &Name,
    members: &[Artifact],
) -> Result<(), Failure> {
    let halts = standing.state().halts()?.into_iter().filter(|halt| halt.holds(environment, members));
    let found: Vec<StopFacts> = halts.map(|halt| halt.facts(halt.halted(), &standing.governance)).collect();
    let Some(first) = found.first() else { return Ok(()) };
    let because: Vec<String> = found.iter().map(|halt| format!("{}, {}", halt.stop.told(), halt.because())).collect();
    let prompt = Names::of(standing).label(&Artifact::new(Kind::Prompt, prompt.clone()))?;
    let who = if first.who.is_empty() { "nobody listed".to_owned() } else { quoted(&first.who, " or ") };
    Err(Failure::refused("halted", format!("`{prompt}` is not served in `{environment}`"))
        .because(because.join("; "))
        .run(stopping::line(standing, first)?.command)
        .say(format!("{who} can resume it")))
}

/// What a live bundle consists of; of one that lacks something, at least its prompt.
pub(super) fn members(bundle: &BundleRecord) -> Vec<Artifact> {
    let prompt = Artifact::new(Kind::Prompt, bundle.prompt.clone());
    let all = bundle.members.iter().map(|member| member.artifact.clone()).chain([prompt]);
    let mut all: Vec<Artifact> = all.collect();
    all.sort();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ledger::{Deed, Halt},
        ops::{Exit, record::record, story, testing::TestProject},
    };

    const PROMPT: &str = "+++\nmodel = \"fast\"\ntools = [\"lookup\"]\npolicies = [\"refunds\"]\n+++\n\
                          {% include \"tone\" %}{{ policy(\"refunds\") }}";

    /// Whether the bundle of `hello` is served in `dev`; otherwise the failure.
    fn served(project: &TestProject) -> Result<(), Failure> {
        let world = project.of("tom");
        let standing = Standing::read(&world)?;
        let (place, prompt) = (Environment::parse("dev")?, Name::parse("hello")?);
        let bundle = standing.state().bundle(&place, &prompt)?.unwrap();
        assert!(bundle.bundle.is_some(), "{:?}", bundle.missing);
        refuse_halted(&standing, &place, &prompt, &members(&bundle))
    }

    #[test]
    fn a_halt_of_any_member_stops_the_bundle_and_of_nothing_else() {
        let project = TestProject::under(story::RULES);
        let files = [
            ("model/fast", "provider = \"echo\"\nid = \"m\"\n"),
            ("model/other", "provider = \"echo\"\nid = \"o\"\n"),
            ("policy/refunds", "none\n"),
            ("prompt/_tone", "kind"),
            ("prompt/hello", PROMPT),
            ("tool/lookup", r#"{"name":"lookup","description":"x","inputSchema":{"type":"object"}}"#),
        ];
        story::commit(&project.of("tom"), &files);
        for (what, stops) in files.map(|(what, _)| (what, what != "model/other")) {
            let artifact = Some(story::artifact(what));
            let halt = Halt { environment: None, artifact, message: "because".to_owned() };
            record(&project.of("ruth"), Deed::Halt(halt.clone())).unwrap();
            match served(&project) {
                Ok(()) => assert!(!stops, "{what}"),
                Err(failure) => {
                    assert_eq!((failure.code, failure.exit, stops), ("halted", Exit::No, true), "{what}");
                    assert!(failure.because.unwrap().starts_with(&format!("`{what}` is halted, by `ruth` at ")));
                }
            }
            record(&project.of("omar"), Deed::Resume(halt)).unwrap();
            assert!(served(&project).is_ok());
        }
    }
}
