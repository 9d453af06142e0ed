//! How near a reply is to a text.

use crate::{
    artifact::{Distance, EditDistance, Overlap},
    problem::counted,
};

use super::{
    Ruling,
    overlap::{common_subsequence, common_words, edits, f_measure, words},
    text::quoted,
};

/// `edit_distance`: the reply is the text but for so many edits, white space at both ends of both apart.
///
/// A reply that is so much longer or shorter that the difference alone is too much is not looked at further; so the
/// table that is filled has at most 4,096 × 16,384 cells.
pub(in crate::eval) fn edit_distance(reply: &str, wanted: &EditDistance) -> Ruling {
    let to: Vec<char> = wanted.to.trim().chars().collect();
    let length = reply.trim().chars().count();
    let most = match wanted.most {
        Distance::Edits(most) => usize::try_from(most).unwrap_or(usize::MAX),
        Distance::Share(share) => share_of(share, length.max(to.len())),
    };
    let apart = length.abs_diff(to.len());
    if apart > most {
        let lengths = format!("{} instead of {}", counted(u64_of(length), "character"), to.len());
        return Ruling::Fails(format!("at least {}, {most} allowed ({lengths}): {}", told(apart), quoted(reply)));
    }
    let said: Vec<char> = reply.trim().chars().collect();
    let distance = edits(&to, &said);
    let reason = format!("{}, {most} allowed: {}", told(distance), quoted(reply));
    Ruling::when(distance <= most, reason.clone(), reason)
}

/// `rouge_l`: the F-measure of the longest common subsequence of words is at least so much.
///
/// C.-Y. Lin, "ROUGE: A Package for Automatic Evaluation of Summaries", 2004, over the whole text, with equal weights
/// for precision and recall. Words are letters and digits in a row, in small letters, with no stemming.
pub(in crate::eval) fn rouge_l(reply: &str, wanted: &Overlap) -> Ruling {
    let (lower, to) = (reply.to_lowercase(), wanted.to.to_lowercase());
    let list: Vec<&str> = words(&to).collect();
    let (common, length) = common_subsequence(&list, words(&lower));
    overlap(reply, wanted, "in order", (common, list.len(), length))
}

/// `token_f1`: the F-measure of the words in common, whatever their order, is at least so much.
pub(in crate::eval) fn token_f1(reply: &str, wanted: &Overlap) -> Ruling {
    let (lower, to) = (reply.to_lowercase(), wanted.to.to_lowercase());
    let list: Vec<&str> = words(&to).collect();
    let (common, length) = common_words(&list, words(&lower));
    overlap(reply, wanted, "in any order", (common, list.len(), length))
}

fn overlap(reply: &str, wanted: &Overlap, order: &str, (common, there, here): (usize, usize, usize)) -> Ruling {
    let measure = f_measure(common, there, here);
    let reason = format!(
        "{measure:.4} ({common} words in common {order}, of {there} and {here}), {} needed: {}",
        wanted.at_least,
        quoted(reply)
    );
    Ruling::when(measure >= wanted.at_least, reason.clone(), reason)
}

/// The whole number of edits that a share of so many characters allows.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a length below 2^52 times a share between 0 and 1"
)]
fn share_of(share: f64, length: usize) -> usize {
    (share * length as f64).floor() as usize
}

fn told(edits: usize) -> String {
    counted(u64_of(edits), "edit")
}

fn u64_of(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
