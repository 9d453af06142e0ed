//! What a change can break: the facts, from what was kept with each commit.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    State, StateError,
    case::Case,
    touched::{After, Target, Touched, contents},
};
use crate::{
    gate::{
        CaseChange, CaseChangeKind, LengthFacts, ModelFacts, Raised, RepeatFacts, RiskFacts, SharedFacts, TextFacts,
    },
    governance::{ChangeKind, EnvironmentRules, Proposed},
    name::{Artifact, Environment, Kind, Name},
    version::{Contents, Member, Tests},
};

/// What the tier of a proposal is computed from.
pub(super) fn facts(state: &State<'_>, case: &Case<'_>) -> Result<RiskFacts, StateError> {
    let Some(environment) = case.environment else {
        return Ok(RiskFacts { lowered: case.record.lowers.clone(), ..RiskFacts::default() });
    };
    let mut facts = RiskFacts::default();
    for touched in &case.plan().touched {
        facts.models.extend(model_change(touched));
        facts.lengths.extend(length(state, touched)?);
    }
    for target in case.targets() {
        if target.artifact.kind == Kind::Suite {
            suite(state, &environment.name, target, &mut facts)?;
        }
        facts.texts.extend(text(state, &environment.name, target)?);
    }
    let users = users(state, case, &environment.name)?;
    for target in case.targets().iter().filter(|target| is_shared(&target.artifact)) {
        let bundles = users.get(&target.artifact.key()).map_or(0, BTreeSet::len);
        facts.shared.push(SharedFacts { artifact: target.artifact.clone(), bundles });
    }
    facts.raised = raised(state, case, environment, &users, &facts.lengths)?;
    Ok(facts)
}

/// A touched bundle that is live and stays, with its members before and after; only where it differs.
fn both(touched: &Touched) -> Option<(&[Member], &[Member])> {
    let After::Whole(after) = &touched.after else { return None };
    let before = touched.before.as_ref()?;
    before.bundle.filter(|bundle| *bundle != after.id())?;
    Some((&before.members, &after.members))
}

/// The model of a live bundle that stays, before and after.
fn model_change(touched: &Touched) -> Option<ModelFacts> {
    let (before, after) = both(touched)?;
    let model = |members: &[Member]| {
        let found = members.iter().find(|member| member.artifact.kind == Kind::Model);
        found.map(|member| (member.artifact.name.clone(), member.version))
    };
    Some(ModelFacts { prompt: touched.prompt.clone(), before: model(before), after: model(after) })
}

/// How long the text of a live bundle that stays is, before and after. Models say nothing to themselves.
fn length(state: &State<'_>, touched: &Touched) -> Result<Option<LengthFacts>, StateError> {
    let Some((before, after)) = both(touched) else { return Ok(None) };
    let sum = |members: &[Member]| -> Result<u64, StateError> {
        let mut tokens = 0_u64;
        for member in members.iter().filter(|member| member.artifact.kind != Kind::Model) {
            tokens = tokens.saturating_add(said(state, member)?.text.tokens);
        }
        Ok(tokens)
    };
    Ok(Some(LengthFacts { prompt: touched.prompt.clone(), before: sum(before)?, after: sum(after)? }))
}

/// What the bytes of a bundle's member say.
pub(super) fn said(state: &State<'_>, member: &Member) -> Result<Contents, StateError> {
    match state.version(&member.artifact, member.version)? {
        Some(known) => contents(state, &member.artifact, known.number),
        None => Ok(Contents::default()),
    }
}

/// Golden cases of a live suite that would be gone or let more pass, and fewer samples of each.
fn suite(
    state: &State<'_>,
    environment: &Environment,
    target: &Target,
    facts: &mut RiskFacts,
) -> Result<(), StateError> {
    let Some(live) = state.live(environment, &target.artifact)? else { return Ok(()) };
    let Some(old) = contents(state, &target.artifact, live.number)?.tests else { return Ok(()) };
    let new = match target.to {
        Some((_, number)) => contents(state, &target.artifact, number)?.tests,
        None => None,
    };
    // A suite that now tests something else has lost all its cases for what it tested before.
    let new = new.filter(|new| new.subject.key() == old.subject.key());
    let suite = &target.artifact.name;
    for (case, form) in &old.cases {
        let kind = match new.as_ref().and_then(|tests| tests.cases.get(case)) {
            None => CaseChangeKind::Removed,
            Some(now) if now.asks_no_less_than(form) => continue,
            Some(now) if now.is_borne_longer_than(form) => CaseChangeKind::Quarantined,
            Some(_) => CaseChangeKind::Loosened,
        };
        facts.cases.push(CaseChange { suite: suite.clone(), case: case.clone(), kind });
    }
    facts.repeats.extend(new.map(|new: Tests| RepeatFacts {
        suite: suite.clone(),
        before: old.repeat,
        after: new.repeat,
    }));
    Ok(())
}

/// What the text of a proposed version holds that the live one does not.
fn text(state: &State<'_>, environment: &Environment, target: &Target) -> Result<Option<TextFacts>, StateError> {
    let Some((_, number)) = target.to else { return Ok(None) };
    let artifact = &target.artifact;
    let new = contents(state, artifact, number)?.text;
    let old = match state.live(environment, artifact)? {
        Some(live) => contents(state, artifact, live.number)?.text,
        None => crate::version::TextFlags::default(),
    };
    Ok(Some(TextFacts {
        artifact: artifact.clone(),
        invisible: new.invisible_beyond(&old),
        look_alikes: new.look_alikes.saturating_sub(old.look_alikes),
        longest_line: (new.longest_line, old.longest_line),
        secrets: new.secrets,
    }))
}

/// What bundles can share.
fn is_shared(artifact: &Artifact) -> bool {
    match artifact.kind {
        Kind::Prompt => artifact.name.is_fragment(),
        Kind::Tool | Kind::Policy | Kind::Model => true,
        Kind::Suite | Kind::Charter => false,
    }
}

/// By key of what is proposed: the prompts whose bundle has it, or would; for a suite those it tests, or would.
type Users = BTreeMap<String, BTreeSet<String>>;

fn users(state: &State<'_>, case: &Case<'_>, environment: &Environment) -> Result<Users, StateError> {
    let mut users: Users = case.targets().iter().map(|target| (target.artifact.key(), BTreeSet::new())).collect();
    for touched in &case.plan().touched {
        let before = touched.before.iter().flat_map(|record| &record.members);
        let after = match &touched.after {
            After::Whole(bundle) => bundle.members.as_slice(),
            After::Gone | After::Lacking(_) => &[],
        };
        let own = Artifact::new(Kind::Prompt, touched.prompt.clone()).key();
        let keys = before.chain(after).map(|member| member.artifact.key()).chain([own]);
        for key in keys.collect::<BTreeSet<_>>() {
            if let Some(prompts) = users.get_mut(&key) {
                prompts.insert(touched.prompt.folded());
            }
        }
    }
    for target in case.targets().iter().filter(|target| target.artifact.kind == Kind::Suite) {
        let mut subjects: Vec<Name> = Vec::new();
        let live = state.live(environment, &target.artifact)?.map(|live| live.number);
        for number in live.into_iter().chain(target.to.map(|(_, number)| number)) {
            let tests = contents(state, &target.artifact, number)?.tests;
            subjects.extend(tests.filter(|tests| tests.subject.kind == Kind::Prompt).map(|tests| tests.subject.name));
        }
        if let Some(prompts) = users.get_mut(&target.artifact.key()) {
            prompts.extend(subjects.iter().map(Name::folded));
        }
    }
    Ok(users)
}

/// What `[[risk]]` rules of the project say of each change.
fn raised(
    state: &State<'_>,
    case: &Case<'_>,
    environment: &EnvironmentRules,
    users: &Users,
    lengths: &[LengthFacts],
) -> Result<Vec<Raised>, StateError> {
    let mut found: Vec<Raised> = Vec::new();
    if case.governance.risk.is_empty() {
        return Ok(found);
    }
    let none = BTreeSet::new();
    for target in case.targets() {
        let live = state.live(&environment.name, &target.artifact)?.is_some();
        let prompts = users.get(&target.artifact.key()).unwrap_or(&none);
        let of = |length: &&LengthFacts| prompts.contains(&length.prompt.folded());
        let change = Proposed {
            artifact: &target.artifact,
            environment: &environment.name,
            change: match (live, target.to.is_some()) {
                (false, _) => ChangeKind::Added,
                (true, true) => ChangeKind::Changed,
                (true, false) => ChangeKind::Removed,
            },
            bundles: prompts.len(),
            lengths: lengths.iter().filter(of).map(|length| (length.before, length.after)).collect(),
        };
        for rule in case.governance.risk.iter().filter(|rule| rule.meets(&change)) {
            let text = rule.told();
            match found.iter_mut().find(|raised| raised.rule == text) {
                Some(raised) => raised.artifacts.push(target.artifact.clone()),
                None => found.push(Raised { tier: rule.tier, rule: text, artifacts: vec![target.artifact.clone()] }),
            }
        }
    }
    Ok(found)
}
