//! What a model's tokens cost, in whole numbers.

use serde::{Deserialize, Serialize};

use crate::artifact::{Model, ProviderKind};

/// Where prices end: ten thousand dollars a token. Whole numbers up to here stand exactly in canonical JSON.
const MOST: f64 = 9.0e15;

/// What a model's tokens cost, in micro-dollars (millionths of a US dollar) per million tokens.
///
/// Whole numbers, so that every clone sums alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Rate {
    /// For what is sent.
    pub input: u64,
    /// For what comes back.
    pub output: u64,
}

impl Rate {
    /// What a model costs: its price, rounded to micro-dollars; nothing for `echo` and `exec` without one; `None` where
    /// nobody said. `replay` stands in for a model that somebody pays for, so it is not free by itself.
    pub fn of(model: &Model) -> Option<Self> {
        let free = matches!(model.provider, ProviderKind::Echo | ProviderKind::Exec { .. });
        match &model.price {
            Some(price) => Some(Self { input: micro(price.input), output: micro(price.output) }),
            None if free => Some(Self { input: 0, output: 0 }),
            None => None,
        }
    }

    /// What a call costs, in millionths of a micro-dollar.
    pub fn cost(&self, sent: u64, received: u64) -> u128 {
        u128::from(self.input) * u128::from(sent) + u128::from(self.output) * u128::from(received)
    }
}

/// US dollars as micro-dollars.
fn micro(dollars: f64) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what fits")]
    let rounded = (dollars * 1e6).round().clamp(0.0, MOST) as u64;
    rounded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(text: &str) -> Option<Rate> {
        Rate::of(&Model::parse("models/m.toml", text.as_bytes()).unwrap().0)
    }

    #[test]
    fn a_price_is_kept_in_whole_micro_dollars() {
        let priced = "provider = \"openai\"\nid = \"m\"\nprice = { input = 1.1, output = 2.3 }";
        let found = rate(priced).unwrap();
        assert_eq!(found, Rate { input: 1_100_000, output: 2_300_000 });
        // A thousand tokens at 1.1 USD a million are 1.1 thousandths of a dollar.
        assert_eq!(found.cost(1_000, 0), 1_100 * 1_000_000);
        assert!(rate(&priced.replace("1.1", "1e300")).unwrap().input <= 9_007_199_254_740_992);
    }

    #[test]
    fn what_calls_nothing_costs_nothing_and_an_unknown_price_is_unknown() {
        assert_eq!(rate("provider = \"echo\"").unwrap().cost(9, 9), 0);
        assert_eq!(rate("provider = \"exec\"\ncommand = [\"a\"]").unwrap().cost(9, 9), 0);
        assert_eq!(rate("provider = \"openai\"\nid = \"m\""), None);
        assert_eq!(rate("provider = \"replay\""), None);
    }
}
