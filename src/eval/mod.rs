//! Golden cases to evidence: runner, checks, statistics.
//!
//! [`run`] takes what was planned (cases with their rendered requests), asks a [`Provider`] for every
//! sample, scores each reply with [`score`] and gives the results in the order of the suite, whatever
//! the order in which they came. A provider sees requests and nothing else: expectations never leave
//! this room. What was not answered is `errored`, which is neither a pass nor a fail.
//!
//! Scoring is a pure function of a case and a reply, so that [`rescore`] can repeat it years later on
//! the stored replies: the gate trusts no pass flag. A reply is scored in the form in which it is
//! stored, so both see the same: a secret in it is masked, and so are values of inputs that are declared personal, which
//! whoever has the case can put back. A reply of which the checks say otherwise once it is masked proves nothing.
//!
//! What a check needs of the bundle (schemas, names of tools, a price) [`in_bundle`] puts into it beforehand.
//!
//! What a check asks of somebody else ([`Seat`]) is asked when the reply is there, and the answers are evidence like
//! the reply: scoring again reads them ([`Opinions`]) and asks nobody.
//!
//! What may be said of a change follows from counts of cases alone, however often each was sampled: [`Paired`] for runs of
//! a fixed size, [`Bets`] where [`next_step`] says what to sample next, both as [`Compared`], several parts at once by
//! [`standings`].
//!
//! Model calls happen behind the port [`Provider`] alone. This room refuses to know where replies come
//! from, what a bundle is and who may vouch for a run.

mod bets;
mod budget;
mod caller;
mod checks;
mod compared;
mod examine;
mod excerpt;
mod holm;
mod in_bundle;
mod in_flight;
mod judge;
mod keeping;
mod miss;
mod mutants;
mod observer;
mod opinion;
mod paired;
mod personal;
mod provider;
mod recording;
mod replies;
mod reply;
mod rescore;
mod results;
mod run;
mod score;
mod sequential;
mod serves;
mod similarity;
mod statistics;
mod summary;
mod tally;
#[cfg(test)]
mod testing;
mod turns;
mod unanswered;

pub use bets::{Bets, Lean};
pub use budget::{Budget, at_most, at_most_with, longest_reply};
pub use caller::Callers;
pub use compared::{Compared, PartStanding, Standing, standings};
pub use examine::{Examined, Examiner, Examining};
pub use excerpt::excerpt;
pub use holm::{Claim, holm};
pub use in_bundle::{Lent, in_bundle};
pub use in_flight::InFlight;
pub use judge::{Seat, TEXT, TOLD, TOLD_ON_REQUEST, Vote, placed, told_of};
pub use keeping::{Keeping, texts, without_secrets};
pub use miss::{Miss, Nearest, miss};
pub use mutants::{Mutant, Spoiled, mutants};
pub use observer::{Observer, Silent};
pub use opinion::{Known, Opinion, Opinions, is_timed, questions};
pub use paired::{Paired, cases_to_show};
pub use personal::{Personal, with_values};
pub use provider::{Answer, Provider, ProviderError};
pub use recording::{Recording, RecordingError, Recordings};
pub use replies::{InMemory, KeptReply, Replies, RepliesError};
pub use reply::{Reply, ReplyError, ReplySource, Usage};
pub use rescore::{Disagreement, Recomputed, rescore};
pub use results::{CaseRun, Counts, Outcome, Sample, Steadiness, SuiteRun, Tokens};
pub use run::{Ask, Filter, Planned, Settings, run};
pub use score::{CheckResult, passes, score, score_with};
pub use sequential::{NextStep, Pair, Terms, leans, next_step};
pub use serves::serves;
pub use statistics::{pass_hat, wilson};
pub use summary::{SampleSummary, Summary};
pub use tally::{PassHat, TagTally, by_tag, mean_pass_hats, pass_hats, tagged};
pub use unanswered::{Asked, Trouble, Unanswered};
