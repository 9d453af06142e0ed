//! What people typed into an act.

use super::Deed;

impl Deed {
    /// Every text of the act that somebody wrote freely: messages, reasons, quotes, paths and names of cases.
    ///
    /// It is kept for good and shown everywhere, and so must hold nothing that should not be.
    pub fn words(&self) -> Vec<&str> {
        match self {
            Self::Init { .. } | Self::Attempt(_) | Self::Promote(_) => Vec::new(),
            Self::Commit(commit) => {
                let paths = commit.changes.iter().filter_map(|change| change.path.as_deref());
                [commit.message.as_str()].into_iter().chain(paths).collect()
            }
            Self::Announce(run) => run.cases.iter().map(String::as_str).collect(),
            Self::Evidence(evidence) => evidence.models.iter().map(String::as_str).collect(),
            Self::Propose(proposal) => vec![&proposal.message],
            Self::Withdraw(reason) | Self::Reject(reason) => vec![&reason.message],
            Self::Review(review) => vec![&review.message],
            Self::Approve(approval) => vec![&approval.message],
            Self::Rollback(rollback) => vec![&rollback.message],
            Self::Purge(purge) => vec![&purge.reason],
            Self::Freeze(freeze) | Self::Thaw(freeze) => vec![&freeze.message],
            Self::Halt(halt) | Self::Resume(halt) => vec![&halt.message],
            Self::Finding(finding) => vec![&finding.path, &finding.quote, &finding.message],
            Self::Answer(answer) => vec![&answer.message],
            Self::Override(waiver) => vec![&waiver.reason],
            Self::OverrideReview(review) => vec![&review.message],
            Self::Adopt(adoption) => vec![&adoption.message],
            Self::Except(exception) => vec![&exception.reason],
        }
    }
}
