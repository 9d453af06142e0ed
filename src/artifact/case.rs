//! One golden case, from TOML, a JSON line or a CSV row alike.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::{
    Conversation, Expectation, Fields, Item, Quarantine, attached::Attached, expectation::Judges, suite::refuse_for_now,
};
use crate::object::{self, Digest};

/// One golden case.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Its name, unique within the suite.
    pub id: String,
    /// Words to filter by.
    pub tags: Vec<String>,
    /// The prompt's variables.
    pub vars: Map<String, Value>,
    /// What must hold of the reply; never empty.
    pub expect: Vec<Expectation>,
    /// How it goes on after the first reply.
    pub conversation: Conversation,
    /// That it is known to be flaky, and until when that is borne.
    pub quarantine: Option<Quarantine>,
}

impl Case {
    /// What the case asks for, as JSON: variables and expectations, without its name, tags and quarantine.
    ///
    /// Two cases of one name ask for the same exactly when these are equal.
    pub fn canonical(&self) -> Value {
        let expect: Vec<Value> = self.expect.iter().map(Expectation::canonical).collect();
        let keys = [("vars", json!(self.vars)), ("expect", json!(expect))];
        table(keys.into_iter().chain(self.conversation.canonical()))
    }

    /// The SHA-256 of the canonical encoding of [`Case::canonical`], in which integers beyond 2^53 stand exactly.
    pub fn digest(&self) -> Digest {
        digest(self.canonical())
    }

    /// The SHA-256 of what is put to the model: the variables alone, and how the conversation goes on where it does.
    pub fn vars_digest(&self) -> Digest {
        let follows = self.conversation.canonical();
        if follows.is_empty() {
            return digest(json!(self.vars));
        }
        digest(table([("vars", json!(self.vars))].into_iter().chain(follows)))
    }
}

fn table(keys: impl Iterator<Item = (&'static str, Value)>) -> Value {
    keys.map(|(key, value)| (key.to_owned(), value)).collect::<Map<_, _>>().into()
}

/// The SHA-256 of the canonical encoding, in which integers beyond 2^53 stand exactly.
pub(super) fn digest(value: Value) -> Digest {
    Digest::of(&object::encode(&exact(value)))
}

/// RFC 8785 rounds integers beyond 2^53, so that two cases could seem the same; they are written out here.
fn exact(value: Value) -> Value {
    const EXACT: u64 = 1 << 53;
    match value {
        Value::Number(number) => {
            let size = number.as_u64().or_else(|| number.as_i64().map(i64::unsigned_abs)).unwrap_or_default();
            // NUL in front, so that this table is not mistaken for one that a user wrote.
            if size < EXACT { Value::Number(number) } else { json!({ "\0integer": number.to_string() }) }
        }
        Value::Array(list) => list.into_iter().map(exact).collect(),
        Value::Object(table) => table.into_iter().map(|(key, value)| (key, exact(value))).collect(),
        other => other,
    }
}

/// The cases read so far, and the names they took.
#[derive(Debug, Default)]
pub(super) struct Cases {
    /// Whom the checks may ask.
    judges: Judges,
    read: Vec<Case>,
    ids: HashSet<String>,
    /// How many were seen, read or not.
    seen: usize,
}

impl Cases {
    /// No case so far, of a suite with these judges.
    pub(super) fn of(judges: Judges) -> Self {
        Self { judges, ..Self::default() }
    }

    /// Reads one case; what is wrong with it is reported in its document.
    pub(super) fn read(&mut self, mut fields: Fields<'_>, attached: &Attached<'_>) {
        self.seen += 1;
        let id = fields.required("id").and_then(|item| self.id(&item));
        let tags = fields.item("tags").and_then(|item| tags(&item)).unwrap_or_default();
        let vars = match fields.table("vars").and_then(|vars| vars.json_whole()) {
            Some(Value::Object(vars)) => vars,
            _ => Map::new(),
        };
        let expect = fields.required("expect").and_then(|item| expect(&item, attached, &self.judges));
        let quarantine = fields.item("quarantine").map(|item| Quarantine::read(&item));
        let conversation = Conversation::read(&mut fields);
        refuse_for_now(&mut fields, "data");
        fields.finish();
        if let (Some(id), Some(expect), Some(conversation)) = (id, expect, conversation) {
            self.read.push(Case { id, tags, vars, expect, conversation, quarantine: quarantine.flatten() });
        }
    }

    /// Whether no case was seen.
    pub(super) fn is_empty(&self) -> bool {
        self.seen == 0
    }

    /// The cases that could be read, in order.
    pub(super) fn into_read(self) -> Vec<Case> {
        self.read
    }

    fn id(&mut self, item: &Item<'_>) -> Option<String> {
        let id = item.filled_string()?;
        if id.chars().any(char::is_control) || id.trim() != id {
            item.refuse("bad-id", "the name of a case is one line without white space at its ends");
            return None;
        }
        if !self.ids.insert(id.clone()) {
            item.refuse("duplicate-case", format!("the case `{id}` stands twice in this suite"));
            return None;
        }
        Some(id)
    }
}

fn tags(item: &Item<'_>) -> Option<Vec<String>> {
    item.list_parsed("empty-value", |tag| match tag.trim() {
        "" => Err("a tag is empty"),
        tag => Ok(tag.to_owned()),
    })
}

/// Every entry of `expect`; a case without one would prove nothing.
fn expect(item: &Item<'_>, attached: &Attached<'_>, judges: &Judges) -> Option<Vec<Expectation>> {
    let list = item.list()?;
    if list.is_empty() {
        item.refuse("no-checks", "the case expects nothing; it would prove nothing");
        return None;
    }
    // Every entry is read before one that failed ends it, so that all problems are told.
    let read: Vec<Option<Expectation>> = list.iter().map(|entry| Expectation::read(entry, attached, judges)).collect();
    let read: Vec<Expectation> = read.into_iter().collect::<Option<_>>()?;
    for (at, one) in read.iter().enumerate() {
        if read.iter().take(at).any(|other| other.contradicts(one)) {
            let message = format!("the case expects `{}` and its contrary, so no reply passes it", one.check.word());
            list.get(at)?.refuse("never-passes", message);
            return None;
        }
    }
    Some(read)
}
