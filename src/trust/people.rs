//! People and what they may do.

use std::collections::{BTreeMap, BTreeSet};

use globset::Glob;
use serde::{Deserialize, Serialize};

use super::PublicKey;
use crate::name::{Artifact, Environment, Handle, Kind, Role};

/// What a role may allow. The words are those of the commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verb {
    /// Record versions.
    Commit,
    /// Announce runs and attest evidence.
    Evaluate,
    /// Ask for a change of an environment, and take it back.
    Propose,
    /// Record a completed review.
    Review,
    /// Raise, answer and close findings.
    Finding,
    /// Approve a proposal.
    Approve,
    /// Refuse a proposal.
    Reject,
    /// Carry out an approved proposal.
    Promote,
    /// Put back what was live.
    Rollback,
    /// Propose, approve and carry out changes of governance.
    Govern,
    /// Take payload away for good.
    Purge,
    /// Stop promotions into an environment, and let them go on.
    Freeze,
    /// Stop serving, and let it go on.
    Halt,
    /// Promote although a rule that may be waived does not hold.
    Override,
    /// Record what already runs.
    Adopt,
    /// Say that what looks like a secret is none.
    Except,
}

impl Verb {
    /// All verbs.
    pub const ALL: [Self; 16] = [
        Self::Commit,
        Self::Evaluate,
        Self::Propose,
        Self::Review,
        Self::Finding,
        Self::Approve,
        Self::Reject,
        Self::Promote,
        Self::Rollback,
        Self::Govern,
        Self::Purge,
        Self::Freeze,
        Self::Halt,
        Self::Override,
        Self::Adopt,
        Self::Except,
    ];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Commit => "commit",
            Self::Evaluate => "evaluate",
            Self::Propose => "propose",
            Self::Review => "review",
            Self::Finding => "finding",
            Self::Approve => "approve",
            Self::Reject => "reject",
            Self::Promote => "promote",
            Self::Rollback => "rollback",
            Self::Govern => "govern",
            Self::Purge => "purge",
            Self::Freeze => "freeze",
            Self::Halt => "halt",
            Self::Override => "override",
            Self::Adopt => "adopt",
            Self::Except => "except",
        }
    }
}

/// A person as governance lists them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The keys that sign for this person; no key stands under two people.
    pub keys: Vec<PublicKey>,
    /// What they are; a person without roles may read.
    pub roles: BTreeSet<Role>,
    /// A program: never a sole author, never an approver.
    pub program: bool,
}

/// What the holders of a role may do. Everything is a list of what is allowed; nothing is implied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleRules {
    /// Verbs.
    pub may: BTreeSet<Verb>,
    /// Globs over artifact names; `*` matches any name, folders included.
    pub artifacts: Vec<String>,
    /// Globs over environment names.
    pub environments: Vec<String>,
}

impl RoleRules {
    /// These verbs on everything, everywhere.
    pub fn everywhere(may: impl IntoIterator<Item = Verb>) -> Self {
        Self { may: may.into_iter().collect(), artifacts: vec!["*".to_owned()], environments: vec!["*".to_owned()] }
    }

    /// What a built-in role may do unless `chancery.toml` narrows it; `None` for other names.
    pub fn built_in(role: &str) -> Option<Self> {
        let verbs: &[Verb] = match role {
            "root" => &Verb::ALL,
            "author" => &[Verb::Commit, Verb::Propose, Verb::Finding],
            "reviewer" => &[Verb::Review, Verb::Finding, Verb::Reject],
            "release" => &[
                Verb::Propose,
                Verb::Finding,
                Verb::Approve,
                Verb::Reject,
                Verb::Promote,
                Verb::Rollback,
                Verb::Freeze,
                Verb::Halt,
                Verb::Override,
            ],
            "evaluator" => &[Verb::Evaluate],
            _ => return None,
        };
        Some(Self::everywhere(verbs.iter().copied()))
    }
}

/// Everybody, and what their roles allow.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct People {
    /// People by handle.
    pub people: BTreeMap<Handle, Person>,
    /// Roles by name, the built-in ones included.
    pub roles: BTreeMap<Role, RoleRules>,
}

impl People {
    /// The person whose key this is.
    pub fn owner(&self, key: &PublicKey) -> Option<(&Handle, &Person)> {
        self.people.iter().find(|(_, person)| person.keys.contains(key))
    }

    /// Whether the person holds the role.
    pub fn holds(&self, handle: &Handle, role: &Role) -> bool {
        self.people.get(handle).is_some_and(|person| person.roles.contains(role))
    }

    /// Whether one of the person's roles allows the verb on all of these artifacts, in this environment.
    pub fn may(&self, handle: &Handle, verb: Verb, artifacts: &[&Artifact], environment: Option<&Environment>) -> bool {
        let Some(person) = self.people.get(handle) else { return false };
        let rules: Vec<&RoleRules> = person
            .roles
            .iter()
            .filter_map(|role| self.roles.get(role))
            .filter(|rules| rules.may.contains(&verb))
            .collect();
        let here = |rules: &&RoleRules| environment.is_none_or(|env| any_glob(&rules.environments, env.as_str()));
        let able: Vec<&RoleRules> = rules.into_iter().filter(here).collect();
        !able.is_empty() && artifacts.iter().all(|artifact| able.iter().any(|rules| covers(rules, artifact)))
    }

    /// Whether one of the person's roles allows the verb on this artifact, or on every one where none is named, in this
    /// environment, or in every one where none is named. A role that is narrowed at all does not reach every one.
    pub fn may_throughout(
        &self,
        handle: &Handle,
        verb: Verb,
        artifact: Option<&Artifact>,
        environment: Option<&Environment>,
    ) -> bool {
        let all = |globs: &[String]| globs.iter().any(|glob| glob == "*");
        let allows = |rules: &RoleRules| {
            rules.may.contains(&verb)
                && artifact.map_or_else(|| all(&rules.artifacts), |artifact| covers(rules, artifact))
                && environment
                    .map_or_else(|| all(&rules.environments), |place| any_glob(&rules.environments, place.as_str()))
        };
        let roles = self.people.get(handle).map(|person| &person.roles);
        roles.is_some_and(|roles| roles.iter().filter_map(|role| self.roles.get(role)).any(allows))
    }
}

/// Whether a role reaches an artifact.
fn covers(rules: &RoleRules, artifact: &Artifact) -> bool {
    rules.artifacts.iter().any(|glob| reaches(glob, artifact))
}

/// Whether a glob reaches an artifact, named with or without its kind.
///
/// A glob that begins with a kind speaks of that kind only: `tool/*` never reaches a prompt in a folder `tool`.
pub fn reaches(glob: &str, artifact: &Artifact) -> bool {
    let begins_with_kind = glob.split_once('/').is_some_and(|(word, _)| word.parse::<Kind>().is_ok());
    matches(glob, &artifact.to_string()) || (!begins_with_kind && matches(glob, artifact.name.as_str()))
}

/// Whether one of the globs matches.
fn any_glob(globs: &[String], text: &str) -> bool {
    globs.iter().any(|glob| matches(glob, text))
}

/// Whether the glob matches; one that does not parse matches nothing.
pub fn matches(glob: &str, text: &str) -> bool {
    if glob == "*" {
        // What nearly every role says, asked for every event: not worth a compiled pattern.
        return true;
    }
    Glob::new(glob).is_ok_and(|glob| glob.compile_matcher().is_match(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::Name;

    fn artifact(kind: Kind, name: &str) -> Artifact {
        Artifact::new(kind, Name::parse(name).unwrap())
    }

    fn handle(text: &str) -> Handle {
        Handle::parse(text).unwrap()
    }

    fn role(text: &str) -> Role {
        Role::parse(text).unwrap()
    }

    fn rules(may: &[Verb], artifacts: &[&str], environments: &[&str]) -> RoleRules {
        let owned = |globs: &[&str]| globs.iter().map(|glob| (*glob).to_owned()).collect();
        RoleRules { may: may.iter().copied().collect(), artifacts: owned(artifacts), environments: owned(environments) }
    }

    /// Ana with these roles, each with its rules.
    fn ana(roles: &[(&str, RoleRules)]) -> People {
        let person =
            Person { keys: Vec::new(), roles: roles.iter().map(|(name, _)| role(name)).collect(), program: false };
        People {
            people: [(handle("ana"), person)].into(),
            roles: roles.iter().map(|(name, rules)| (role(name), rules.clone())).collect(),
        }
    }

    #[test]
    fn nobody_may_do_what_no_role_of_theirs_allows() {
        let people = ana(&[("author", RoleRules::built_in("author").unwrap())]);
        let prompt = artifact(Kind::Prompt, "refunds");
        let may = |who: &str, verb| people.may(&handle(who), verb, &[&prompt], None);
        assert!(may("ana", Verb::Commit));
        assert!(!may("ana", Verb::Approve));
        assert!(!may("bob", Verb::Commit));
        assert!(people.holds(&handle("ana"), &role("author")));
        assert!(!people.holds(&handle("ana"), &role("root")));
    }

    #[test]
    fn a_role_without_rules_allows_nothing() {
        let mut people = ana(&[("author", RoleRules::everywhere(Verb::ALL))]);
        people.roles.clear();
        assert!(!people.may(&handle("ana"), Verb::Commit, &[], None));
    }

    #[test]
    fn a_star_reaches_folders_and_a_folder_glob_only_its_folder() {
        for (glob, name, reached) in [
            ("*", "team/deep/refunds", true),
            ("team/*", "team/deep/refunds", true),
            ("team/*", "other/refunds", false),
            ("refund-?", "refund-a", true),
            ("refund-?", "refund-ab", false),
            ("{a,b}*", "beta", true),
            ("übung*", "übung-2", true),
            ("prompt/team/*", "team/refunds", true),
            ("tool/*", "team/refunds", false),
            ("tool/*", "tool/refunds", false),
            ("[", "[", false),
            ("", "refunds", false),
        ] {
            let people = ana(&[("r", rules(&[Verb::Commit], &[glob], &["*"]))]);
            let named = Name::parse(name).map(|name| Artifact::new(Kind::Prompt, name));
            let may = named.is_ok_and(|named| people.may(&handle("ana"), Verb::Commit, &[&named], None));
            assert_eq!(may, reached, "`{glob}` on `{name}`");
        }
    }

    #[test]
    fn every_artifact_needs_a_role_that_reaches_it_in_that_environment() {
        let people = ana(&[
            ("tools", rules(&[Verb::Promote], &["tool/*"], &["staging", "production"])),
            ("prompts", rules(&[Verb::Promote], &["prompt/*"], &["staging"])),
        ]);
        let (tool, prompt) = (artifact(Kind::Tool, "lookup"), artifact(Kind::Prompt, "refunds"));
        let [staging, production] = ["staging", "production"].map(|name| Environment::parse(name).unwrap());
        let may = |artifacts: &[&Artifact], environment| {
            people.may(&handle("ana"), Verb::Promote, artifacts, Some(environment))
        };
        assert!(may(&[&tool, &prompt], &staging));
        assert!(may(&[&tool], &production));
        assert!(!may(&[&tool, &prompt], &production));
        assert!(!may(&[&tool], &Environment::parse("dev").unwrap()));
    }

    #[test]
    fn what_is_asked_of_everything_needs_a_role_that_is_not_narrowed() {
        let people = ana(&[
            ("tools", rules(&[Verb::Halt], &["tool/*"], &["*"])),
            ("staging", rules(&[Verb::Halt], &["*"], &["staging"])),
        ]);
        let (tool, prompt) = (artifact(Kind::Tool, "lookup"), artifact(Kind::Prompt, "refunds"));
        let [staging, production] = ["staging", "production"].map(|name| Environment::parse(name).unwrap());
        let may = |artifact, environment| people.may_throughout(&handle("ana"), Verb::Halt, artifact, environment);
        assert!(may(Some(&tool), None) && may(Some(&tool), Some(&production)));
        assert!(may(None, Some(&staging)) && may(Some(&prompt), Some(&staging)));
        assert!(!may(None, Some(&production)) && !may(Some(&prompt), Some(&production)));
        assert!(!may(Some(&prompt), None), "two roles together reach it, and no one of them does");
        assert!(!may(None, None));
        assert!(!people.may_throughout(&handle("bob"), Verb::Halt, Some(&tool), None));
        let people = ana(&[("all", RoleRules::everywhere([Verb::Halt]))]);
        assert!(people.may_throughout(&handle("ana"), Verb::Halt, None, None));
        assert!(!people.may_throughout(&handle("ana"), Verb::Freeze, None, None));
    }

    #[test]
    fn a_key_names_its_owner_and_no_other() {
        let parse = |text: &str| PublicKey::parse(text).unwrap();
        let text = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP9Mxghy5X6lBLdkg/OtXS4czr1uJtPTTi+eE+EBRod6";
        let other = text.replace("Rod6", "Rod7");
        let mut people = ana(&[]);
        people.people.get_mut(&handle("ana")).unwrap().keys.push(parse(text));
        assert_eq!(people.owner(&parse(&format!("{text} laptop"))).map(|(handle, _)| handle.as_str()), Some("ana"));
        assert!(people.owner(&parse(&other)).is_none());
    }

    #[test]
    fn only_root_may_govern_and_only_release_and_root_approve() {
        let holders = |verb: Verb| {
            let names = ["root", "author", "reviewer", "release", "evaluator"];
            let allows = |name: &&str| RoleRules::built_in(name).unwrap().may.contains(&verb);
            names.into_iter().filter(allows).collect::<Vec<_>>()
        };
        assert_eq!(holders(Verb::Govern), ["root"]);
        assert_eq!(holders(Verb::Approve), ["root", "release"]);
        assert!(RoleRules::built_in("boss").is_none());
    }

    #[test]
    fn a_verb_is_written_as_its_word() {
        for verb in Verb::ALL {
            assert_eq!(serde_json::to_string(&verb).unwrap(), format!("\"{}\"", verb.word()));
        }
    }
}
