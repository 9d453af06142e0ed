//! How many of other people's test credentials the scan finds, and how often it cries for nothing.
//!
//! The samples are split in halves by a hash of their ids. The rules were tuned on one half alone; of the other only
//! counts were ever looked at.

use std::{collections::BTreeMap, fs};

use chancery::{object::Digest, scan::scan};
use serde_json::Value;

/// What the material calls secrets and this program does not claim to find: public addresses of machines, and quoted
/// text of which nothing but its randomness speaks. (The samples of the latter are templates that were never filled.)
const NOT_CLAIMED: [&str; 2] = ["ip_public_test.py", "high_entropy_strings_test.py"];

/// The lowest share of credentials that must be found.
const RECALL: f64 = 0.90;

/// The highest share of harmless texts that may be taken for credentials.
const FALSE_ALARMS: f64 = 0.15;

#[derive(Default)]
struct Half {
    credentials: u32,
    found: u32,
    harmless: u32,
    alarms: u32,
    wrong: Vec<String>,
}

impl Half {
    fn recall(&self) -> f64 {
        f64::from(self.found) / f64::from(self.credentials.max(1))
    }

    fn false_alarms(&self) -> f64 {
        f64::from(self.alarms) / f64::from(self.harmless.max(1))
    }
}

#[test]
fn nine_in_ten_credentials_are_found_and_few_harmless_texts_taken_for_one() {
    let Some(file) = crate::data("secrets/detect_secrets_fixtures.jsonl") else { return };
    let mut halves: BTreeMap<&str, Half> = BTreeMap::new();
    for line in fs::read_to_string(file).unwrap().lines() {
        let sample: Value = serde_json::from_str(line).unwrap();
        let word = |key: &str| sample[key].as_str().unwrap().to_owned();
        let (id, kind, origin) = (word("id"), word("kind"), word("file"));
        let half = if Digest::of(id.as_bytes()).as_bytes()[0].is_multiple_of(2) { "tuned on" } else { "held out" };
        let half = halves.entry(half).or_default();
        let claimed = !NOT_CLAIMED.iter().any(|name| origin.ends_with(name));
        let hit = !scan(&String::from_utf8(decoded(&word("text_b64"))).unwrap()).is_empty();
        match kind.as_str() {
            "tp" if claimed => {
                half.credentials += 1;
                half.found += u32::from(hit);
            }
            "fp" => {
                half.harmless += 1;
                half.alarms += u32::from(hit);
            }
            _ => continue,
        }
        if hit != (kind == "tp") {
            half.wrong.push(format!("{id} ({kind}, {})", origin.rsplit('/').next().unwrap()));
        }
    }
    for (name, half) in &halves {
        println!(
            "{name}: found {} of {} credentials ({:.1} %), {} false alarms on {} harmless texts ({:.1} %)",
            half.found,
            half.credentials,
            half.recall() * 100.0,
            half.alarms,
            half.harmless,
            half.false_alarms() * 100.0
        );
        if *name == "tuned on" {
            println!("  wrong: {}", half.wrong.join(", "));
        }
    }
    assert_eq!(halves.len(), 2);
    for (name, half) in &halves {
        assert!(half.recall() >= RECALL, "{name}: {}", half.recall());
        assert!(half.false_alarms() <= FALSE_ALARMS, "{name}: {}", half.false_alarms());
    }
}

fn decoded(text: &str) -> Vec<u8> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0_u32, 0);
    for c in text.bytes().filter(|c| *c != b'=') {
        let value = ALPHABET.iter().position(|known| *known == c).unwrap();
        held = (held << 6) | u32::try_from(value).unwrap();
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((held >> bits) & 0xff).unwrap());
        }
    }
    bytes
}
