//! Where texts lie among others: vectors that a model gives, and how near two of them are.
//!
//! A vector is kept with seven decimals: it is the reply of a call like any other, and evidence of a whole suite holds many.
//! Nearness is computed with the four operations and roots, which IEEE 754 fixes to the bit, so every clone finds the same.

use super::{Opinion, Reply, caller::Hides};
use crate::{artifact::Similar, render::Request};

/// The most numbers of a vector.
const LONGEST: usize = 16_384;

/// The numbers of a reply that is a JSON list of finite numbers and nothing else, not all of them 0.
pub(super) fn vector(reply: &Reply) -> Option<Vec<f64>> {
    let said = reply.content.trim();
    if !said.starts_with('[') || !reply.tool_calls.is_empty() {
        return None;
    }
    let numbers: Vec<f64> = serde_json::from_str(said).ok()?;
    let fits = numbers.len() <= LONGEST && numbers.iter().all(|number| number.is_finite());
    (fits && numbers.iter().any(|number| *number != 0.0)).then_some(numbers)
}

/// The cosine of the angle between two vectors; `None` where they do not lie in one space.
fn cosine(a: &[f64], b: &[f64]) -> Option<f64> {
    if a.len() != b.len() {
        return None;
    }
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let cosine = dot(a, b) / (dot(a, a).sqrt() * dot(b, b).sqrt());
    cosine.is_finite().then(|| cosine.clamp(-1.0, 1.0))
}

/// What two vectors say of a reply; nothing where one of them is none.
pub(super) fn opinion(similar: &Similar, vectors: &[&Reply]) -> Option<Opinion> {
    let [reply, text] = vectors else { return None };
    let near = cosine(&vector(reply)?, &vector(text)?)?;
    Some(Opinion {
        pass: near >= similar.at_least,
        reason: format!("similarity {near:.4}, wanted {}", similar.at_least),
    })
}

/// How vectors are kept: with seven decimals, and as numbers, in which no mark may stand. Other replies as ever.
pub(super) struct Vectors<'a>(pub(super) &'a dyn Hides);

impl Hides for Vectors<'_> {
    fn reply(&self, reply: Reply) -> Reply {
        let Some(vector) = vector(&reply) else { return self.0.reply(reply) };
        let numbers: Vec<String> = vector.iter().map(|number| format!("{number:.7}")).collect();
        Reply { content: format!("[{}]", numbers.join(",")), ..reply }
    }

    fn request(&self, request: &Request) -> Request {
        self.0.request(request)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        artifact::{Answers, Judge},
        name::Name,
    };

    fn near(at_least: f64, vectors: &[&str]) -> Option<(bool, String)> {
        let by = Judge {
            answers: Answers::Vector,
            name: "near".to_owned(),
            prompt: Name::parse("embed").unwrap(),
            bundle: None,
            votes: 1,
            at_least: 1,
        };
        let similar = Similar { by: Arc::new(by), to: "x".to_owned(), at_least };
        let vectors: Vec<Reply> = vectors.iter().map(|text| Reply::text(*text)).collect();
        opinion(&similar, &vectors.iter().collect::<Vec<_>>()).map(|opinion| (opinion.pass, opinion.reason))
    }

    #[test]
    fn nearness_is_the_cosine_of_the_angle() {
        for (a, b, told) in [
            ("[1, 0]", "[2, 0]", "similarity 1.0000, wanted 0.7"),
            ("[1, 0]", "[0, 3]", "similarity 0.0000, wanted 0.7"),
            ("[1, 0]", "[-1, 0]", "similarity -1.0000, wanted 0.7"),
            ("[1, 1]", "[1, 0]", "similarity 0.7071, wanted 0.7"),
            ("[3, 4]", "[4, 3]", "similarity 0.9600, wanted 0.7"),
        ] {
            let (pass, reason) = near(0.7, &[a, b]).unwrap();
            assert_eq!((pass, reason.as_str()), (told > "similarity 0.7", told));
        }
    }

    #[test]
    fn what_is_no_vector_says_nothing() {
        for vectors in [
            &["[1, 0]"][..],
            &["[1, 0]", "[1, 0, 0]"],
            &["[1, 0]", "[0, 0]"],
            &["[1, 0]", "[]"],
            &["[1, 0]", "[1, \"0\"]"],
            &["[1, 0]", "{\"pass\":true}"],
            &["[1, 0]", "[1, 0] and more"],
            &["[1, 0]", "[1, 0]", "[1, 0]"],
        ] {
            assert_eq!(near(0.1, vectors), None, "{vectors:?}");
        }
    }

    struct Masks;

    impl Hides for Masks {
        fn reply(&self, _: Reply) -> Reply {
            Reply::text("masked")
        }

        fn request(&self, request: &Request) -> Request {
            request.clone()
        }
    }

    #[test]
    fn a_vector_is_kept_as_numbers_and_anything_else_without_what_must_not_be_kept() {
        let kept = Vectors(&Masks).reply(Reply::text("[0.123456789, -1e-9, 2]"));
        assert_eq!(kept.content, "[0.1234568,-0.0000000,2.0000000]");
        assert_eq!(Vectors(&Masks).reply(kept.clone()), kept);
        assert_eq!(Vectors(&Masks).reply(Reply::text("[\"a secret\"]")).content, "masked");
    }
}
