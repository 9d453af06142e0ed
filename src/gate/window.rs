//! Window: not frozen, not halted, and at an hour at which changes are made.

use super::{Facts, Next, Rule, RuleResult, verdict::Obstacle};
use crate::{
    clock::{Time, Window},
    name::{Artifact, Environment, Handle},
    object::EventId,
};

/// The code of a rule that a freeze keeps from being met.
const FROZEN: &str = "frozen";
/// The code of a rule that a halt keeps from being met.
const HALTED: &str = "halted";

/// What is known about when an environment is changed, and about who stopped that.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WindowFacts {
    /// The hours at which it is changed; `None`: at any.
    pub window: Option<Window>,
    /// Every freeze and halt that concerns the change.
    pub stops: Vec<StopFacts>,
}

/// Something that somebody stopped.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct StopFacts {
    /// What is stopped.
    pub stop: Stop,
    /// Since when.
    pub since: Time,
    /// Through which event.
    pub event: EventId,
    /// Who stopped it.
    pub person: Handle,
    /// Why, in their words.
    pub message: String,
    /// Who may let it go on, sorted.
    pub who: Vec<Handle>,
}

/// What is stopped.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stop {
    /// No promotions into this environment.
    Frozen(Environment),
    /// Not served: everything where neither is named.
    Halted {
        /// Only there.
        environment: Option<Environment>,
        /// Only this, and every bundle it is part of.
        artifact: Option<Artifact>,
    },
}

impl Stop {
    /// What is stopped and how, in words: "`production` is frozen", "`prompt/reply` is halted in `production`".
    pub fn told(&self) -> String {
        match self {
            Self::Frozen(environment) => format!("`{environment}` is frozen"),
            Self::Halted { environment, artifact } => {
                let what = artifact.as_ref().map_or_else(|| "everything".to_owned(), |what| format!("`{what}`"));
                let place = environment.as_ref().map_or_else(String::new, |place| format!(" in `{place}`"));
                format!("{what} is halted{place}")
            }
        }
    }
}

impl StopFacts {
    /// Who stopped it, when and why, in one line.
    pub fn because(&self) -> String {
        let why = self.message.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("no reason given");
        format!("by `{}` at {}: {why}", self.person, self.since)
    }

    fn obstacle(&self) -> Obstacle {
        let who = self.who.clone();
        let (code, next) = match self.stop.clone() {
            Stop::Frozen(environment) => (FROZEN, Next::Thaw { environment, who }),
            Stop::Halted { environment, artifact } => (HALTED, Next::Resume { environment, artifact, who }),
        };
        Obstacle::new(code, format!("{}, {}", self.stop.told(), self.because())).next(next)
    }
}

impl RuleResult {
    /// Whether somebody stopped this by a freeze or a halt. No override waives that: whoever may, thaws or resumes.
    pub fn is_stopped(&self) -> bool {
        self.rule == Rule::Window && !self.ok && matches!(self.code.as_str(), FROZEN | HALTED)
    }
}

/// Judges the rule; `None` where no hours are named and nothing is stopped. An open gate does not open it.
pub(super) fn judge(facts: &Facts) -> Option<RuleResult> {
    let WindowFacts { window, stops } = &facts.window;
    let mut stops = stops.clone();
    stops.sort();
    stops.dedup();
    let mut obstacles: Vec<Obstacle> = stops.iter().map(StopFacts::obstacle).collect();
    if obstacles.is_empty() && window.is_none() {
        return None;
    }
    // What somebody stopped comes first: waiting does not mend it, and no override does.
    obstacles.extend(window.as_ref().and_then(|window| outside(window, facts)));
    let hours = window.as_ref().map_or_else(String::new, |window| format!("`{}` is changed {window}", facts.target));
    Some(RuleResult::settle(Rule::Window, obstacles, ("inside-window", hours)))
}

/// What to say of a moment outside the hours.
fn outside(window: &Window, facts: &Facts) -> Option<Obstacle> {
    if window.is_open(facts.now) {
        return None;
    }
    let reason = format!("`{}` is changed {window}; it is {} there", facts.target, window.wall(facts.now));
    let no = Obstacle::new("outside-window", reason);
    Some(match window.opens(facts.now) {
        Some(until) => no.next(Next::Wait { until }),
        None => no,
    })
}
