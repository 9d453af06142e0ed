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
