//! Recording what already runs.

use super::project::{Project, env, prompt, version};
use crate::{
    ledger::{Adoption, Deed, Proposal},
    state::State,
};

impl Project {
    /// The adoption of the heads of these artifacts.
    fn adoption(&self, environment: &str, names: &[&str]) -> Adoption {
        let Proposal { changes, bundles, .. } = self.heads(environment, names);
        Adoption { environment: env(environment), message: "since May".to_owned(), changes, bundles }
    }
}

fn project() -> Project {
    let project = Project::new();
    project.commits("tom", &[("prompt/a", "one"), ("prompt/b", "two")]);
    project
}

#[test]
fn root_records_what_runs_once_past_order_and_gate() {
    let project = project();
    let event = project.ok("maya", Deed::Adopt(project.adoption("production", &["prompt/a"])));
    assert_eq!(project.live("production", "prompt/a"), Some(version("one")));
    let view = project.view();
    let state = State::new(view.as_ref());
    assert_eq!(state.movement(&env("production"), 1).unwrap().unwrap().kind, "adopt");
    assert_eq!(state.adoption(&env("production")).unwrap(), Some(event));
    assert_eq!(project.no("maya", Deed::Adopt(project.adoption("production", &["prompt/b"]))), "already-moved");
    project.ok("maya", Deed::Adopt(project.adoption("staging", &["prompt/b"])));
}

#[test]
fn nobody_else_adopts_and_nothing_that_has_moved_or_follows() {
    let project = project();
    for person in ["tom", "ruth", "ci", "nina"] {
        let deed = Deed::Adopt(project.adoption("production", &["prompt/a"]));
        assert_eq!(project.no(person, deed), "not-allowed", "{person}");
    }
    project.brings("staging", &["prompt/a"]);
    assert_eq!(project.no("maya", Deed::Adopt(project.adoption("staging", &["prompt/b"]))), "already-moved");
    assert_eq!(project.no("maya", Deed::Adopt(project.adoption("dev", &["prompt/b"]))), "follows-heads");
    let nowhere = Adoption { environment: env("nowhere"), ..project.adoption("production", &["prompt/a"]) };
    assert_eq!(project.no("maya", Deed::Adopt(nowhere)), "unknown-environment");
}

#[test]
fn what_is_adopted_was_committed_and_is_whole() {
    let project = project();
    let no = |change: &dyn Fn(&mut Adoption)| {
        let mut adoption = project.adoption("production", &["prompt/a", "prompt/b"]);
        change(&mut adoption);
        project.no("maya", Deed::Adopt(adoption))
    };
    assert_eq!(no(&|it| it.changes[0].to = Some(version("never committed"))), "unknown-version");
    assert_eq!(no(&|it| it.changes[0].to = None), "nothing-changed");
    assert_eq!(no(&|it| it.changes[0].from = Some(version("one"))), "base-moved");
    assert_eq!(no(&|it| it.changes.clear()), "nothing-changed");
    assert_eq!(no(&|it| it.changes.reverse()), "nothing-changed");
    assert_eq!(no(&|it| it.bundles.clear()), "base-moved");
    project.commits("tom", &[("policy/p", "rules\n"), ("prompt/c", &prompt(&["policy/p"], "c"))]);
    assert_eq!(project.no("maya", Deed::Adopt(project.adoption("production", &["prompt/c"]))), "bundle-incomplete");
    project.ok("maya", Deed::Adopt(project.adoption("production", &["prompt/c", "policy/p"])));
}
