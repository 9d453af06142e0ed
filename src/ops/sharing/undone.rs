//! What it means for an act that the remote could not be asked, or did not take it.

use crate::{
    ledger::Deed,
    ops::{Exit, Failure},
};

/// The failure with what became of the act, as far as it is known which one it is.
pub(super) fn told(failure: Failure, deed: Option<&Deed>) -> Failure {
    if failure.exit != Exit::Outside {
        return failure;
    }
    if let Some(Deed::Purge(_)) = deed {
        return failure.say("nothing was recorded, and nothing is purged by it");
    }
    failure
        .say("nothing was recorded and nothing is live by it: with a remote it counts once the remote has it")
        .say("an approval, a refusal, a rollback, a freeze or a halt can be given with `--offline`, and shared later")
}
