//! Acts, what they name, and the files that prove them.

use std::{cell::OnceCell, collections::BTreeMap};

use chancery::{
    eval::Reply,
    ledger::{Act, Deed, EventRecord, History as _, SignedAct},
    object::{Digest, EventId, Prefix, Store, StoreError, encode, parse},
    state::StateError,
    trust::{Namespace, Signature, Signer},
};

use super::{
    BETWEEN, Said, Target, joined, parts,
    project::{PEOPLE, Project, key},
    shape,
};
use crate::saved;

/// An act by a listed person, correctly signed, and payload it names: `$1` stands for the digest of the first piece.
pub(crate) const ACT: Target = Target {
    name: "act",
    seeds: || {
        let (project, proposal) = Project::begun();
        project.next(proposal).into_iter().map(|(person, deed)| sample(&project, person, deed)).collect()
    },
    words: WORDS,
    run: |input| thread(&ACT_GROUND, ground, input),
};

/// The result of an announced run, with its reply.
pub(crate) const EVIDENCE: Target = Target {
    name: "evidence",
    seeds: || {
        let (project, announced) = running();
        let evidence = project.evidence(announced);
        let mut repeated = project.announcement();
        repeated.repeat = 3;
        vec![
            sample(&project, "ci", Deed::Evidence(evidence)),
            sample(&project, "ci", Deed::Announce(project.announcement())),
            sample(&project, "ci", Deed::Announce(repeated)),
        ]
    },
    words: WORDS,
    run: |input| thread(&EVIDENCE_GROUND, || running().0, input),
};

const WORDS: &[&str] = &[
    "\"kind\":\"promote\"",
    "\"kind\":\"approve\"",
    "\"kind\":\"commit\"",
    "\"kind\":\"propose\"",
    "\"kind\":\"rollback\"",
    "\"kind\":\"withdraw\"",
    "\"kind\":\"reject\"",
    "\"kind\":\"review\"",
    "\"kind\":\"init\"",
    "\"kind\":\"freeze\"",
    "\"kind\":\"thaw\"",
    "\"kind\":\"halt\"",
    "\"kind\":\"resume\"",
    "\"kind\":\"finding\"",
    "\"kind\":\"answer\"",
    "\"kind\":\"override\"",
    "\"kind\":\"override-review\"",
    "\"kind\":\"adopt\"",
    "\"kind\":\"except\"",
    "\"kind\":\"purge\"",
    "\"kind\":\"attempt\"",
    "\"kind\":\"announce\"",
    "\"kind\":\"evidence\"",
    "\"person\":\"maya\"",
    "\"person\":\"tom\"",
    "\"person\":\"ruth\"",
    "\"person\":\"ci\"",
    "\"person\":\"eve\"",
    "\"environment\":\"production\"",
    "\"environment\":\"staging\"",
    "\"environment\":\"dev\"",
    "\"environment\":\"governance\"",
    "\"environment\":\"nowhere\"",
    "\"only\":true",
    "\"seen\":null",
    "\"moved\":null",
    "\"from\":null",
    "\"to\":null",
    "\"version\":null",
    "\"reply\":null",
    "\"reply\":\"$1\"",
    "\"version\":\"$1\"",
    "\"dossier\":\"$1\"",
    "\"to\":\"$1\"",
    "\"governance\":null",
    "\"lifts\":null",
    "\"listed\":true",
    "\"template\":true",
    "\"template\":null",
    "\"repeat\":4294967295",
    "\"repeat\":0",
    "\"sample\":0",
    "\"source\":\"live\"",
    "\"source\":\"signed\"",
    "\"outcome\":\"passed\"",
    "\"outcome\":\"errored\"",
    "\"cases\":[]",
    "\"changes\":[]",
    "\"bundles\":[]",
    "\"samples\":[]",
    "\"authors\":[\"ruth\"]",
    "{\"kind\":\"prompt\",\"name\":\"a\"}",
    "{\"kind\":\"suite\",\"name\":\"a\"}",
    "{\"kind\":\"model\",\"name\":\"m\"}",
    "\"renamed_from\":{\"kind\":\"prompt\",\"name\":\"A\"}",
    "2026-11-20T08:00:00Z",
    "9999-12-31T23:59:59Z",
    "-009999-01-01T00:00:00Z",
    "+++\n",
    "prompt = \"a\"\n",
    "[[case]]\n",
    "prompts/a.md",
    "../a",
    "evals/a.toml",
    "\"format\":2",
];

thread_local! {
    static ACT_GROUND: OnceCell<Project> = const { OnceCell::new() };
    static EVIDENCE_GROUND: OnceCell<Project> = const { OnceCell::new() };
}

fn ground() -> Project {
    Project::begun().0
}

fn running() -> (Project, EventId) {
    let (project, _) = Project::begun();
    let announced = project.announced();
    (project, announced)
}

fn thread(ground: &'static std::thread::LocalKey<OnceCell<Project>>, make: fn() -> Project, input: &[u8]) -> Said {
    ground.with(|project| decided(project.get_or_init(make), input))
}

/// The act's text, each payload it names in a part of its own.
fn sample(project: &Project, person: &str, deed: Deed) -> Vec<u8> {
    let mut act = String::from_utf8(encode(&project.act(person, deed))).unwrap();
    let mut pieces: Vec<Vec<u8>> = Vec::new();
    for digest in act.clone().split('"').filter_map(|word| word.parse::<Digest>().ok()) {
        let Some(bytes) = project.store.get(&digest).unwrap() else { continue };
        // Only what the act brings may change; what is older is named by its digest as it is.
        if pieces.len() < 4 && !pieces.contains(&bytes) && !bytes.contains(&BETWEEN) && !old(project, &digest) {
            pieces.push(bytes);
            act = act.replace(&digest.hex(), &format!("${}", pieces.len()));
        }
    }
    let mut all = vec![act.as_bytes()];
    all.extend(pieces.iter().map(Vec::as_slice));
    joined(&all)
}

/// Whether the ledger names this payload already.
fn old(project: &Project, digest: &Digest) -> bool {
    let newest = project.newest();
    (1..=newest).any(|seq| {
        let (event, _) = project.journal.read(seq).unwrap();
        String::from_utf8_lossy(event.act.bytes()).contains(&digest.hex())
    })
}

/// Payload of an input, in front of what the project keeps.
struct Layered<'a> {
    base: &'a dyn Store,
    more: BTreeMap<Digest, &'a [u8]>,
}

impl Store for Layered<'_> {
    fn put(&self, contents: &[&[u8]]) -> Result<Vec<Digest>, StoreError> {
        Ok(contents.iter().map(|bytes| Digest::of(bytes)).collect())
    }

    fn get(&self, id: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
        self.more.get(id).map_or_else(|| self.base.get(id), |bytes| Ok(Some(bytes.to_vec())))
    }

    fn has(&self, id: &Digest) -> Result<bool, StoreError> {
        Ok(self.more.contains_key(id) || self.base.has(id)?)
    }

    fn with_prefix(&self, prefix: &Prefix) -> Result<Vec<Digest>, StoreError> {
        self.base.with_prefix(prefix)
    }
}

/// Reads the act, has its person sign it, and asks the rules.
fn decided(project: &Project, input: &[u8]) -> Said {
    let [act, pieces @ ..] = parts::<5>(input);
    let mut act = act.to_vec();
    for (number, piece) in pieces.iter().enumerate().rev() {
        let name = format!("${}", number + 1);
        if let Ok(text) = std::str::from_utf8(&act) {
            act = text.replace(&name, &Digest::of(piece).hex()).into_bytes();
        }
    }
    let parsed = match parse::<Act>(&act) {
        Ok(parsed) => parsed,
        Err(error) => match serde_json::from_slice::<Act>(&act) {
            // Another spelling of an act is refused; what it means is tried as it should be spelled.
            Ok(record) => {
                act = encode(&record);
                parse(&act).unwrap_or_else(|error| panic!("what is written is not read: {error}"))
            }
            Err(_) => return Said::no(shape(&error.to_string())),
        },
    };
    assert_eq!(parsed.bytes, act, "what is verified is what is parsed");
    assert_eq!(encode(&parsed.record), act, "an act has one encoding");
    let person = parsed.record.person.as_str();
    let signer = key(if PEOPLE.iter().any(|(known, ..)| *known == person) { person } else { "eve" });
    let signature = signer.sign(Namespace::Act, &act).unwrap();
    let signed = match SignedAct::read(&act, signature.as_str()) {
        Ok(signed) => signed,
        Err(error) => return Said::no(shape(&error.to_string())),
    };
    assert_eq!((signed.id(), signed.bytes()), (EventId(Digest::of(&act)), &act[..]), "the id is of these bytes");
    assert!(signed.key() == signer.key(), "whose key it is, is told");
    let store = Layered {
        base: &project.store,
        more: pieces.iter().filter(|piece| !piece.is_empty()).map(|piece| (Digest::of(piece), *piece)).collect(),
    };
    let kind = signed.act().deed.kind();
    let event = project.event(signed);
    match project.decide(&event, &store) {
        Ok(changes) => {
            assert_eq!(project.decide(&event, &store).unwrap(), changes, "a decision is made once");
            if let Deed::Evidence(evidence) = &event.act.act().deed {
                let replies = evidence.samples.iter().filter_map(|sample| store.get(sample.reply.as_ref()?).unwrap());
                let read = replies.filter(|bytes| Reply::from_bytes(bytes).is_ok()).count();
                return Said::yes(format!("{kind} {} {read}", changes.len()));
            }
            Said::yes(format!("{kind} {}", changes.len()))
        }
        Err(StateError::Refused(refusal)) => Said::no(format!("{kind} {}", refusal.rule)),
        Err(other) => panic!("no answer: {other}"),
    }
}

/// An act and its place as `why --pack` writes them: act, signature, record, sealed commit, seal.
pub(crate) const PACK: Target = Target {
    name: "pack",
    seeds: packs,
    words: &[
        "\"format\":1",
        "\"seq\":1",
        "\"previous\":null",
        "-----BEGIN SSH SIGNATURE-----\n",
        "tree ",
        "author maya <> ",
    ],
    run: |input| {
        thread_local! {
            static GOOD: OnceCell<Vec<Vec<u8>>> = const { OnceCell::new() };
        }
        GOOD.with(|good| pack(good.get_or_init(signed), input))
    },
};

fn packs() -> Vec<Vec<u8>> {
    let (project, _) = Project::begun();
    let mut packs = Vec::new();
    for seq in 1..=project.newest() {
        let (event, seal) = project.journal.read(seq).unwrap();
        let texts = [event.act.signature().as_str().as_bytes(), seal.signature.as_str().as_bytes()];
        packs.push(joined(&[event.act.bytes(), texts[0], &encode(&event.record), &seal.signed, texts[1]]));
    }
    packs
}

/// All that was ever signed: by this program, and by earlier ones, whose acts had another shape.
fn signed() -> Vec<Vec<u8>> {
    let earlier = saved::of(PACK.name).into_iter().filter(|(name, _)| name.starts_with("found-"));
    packs().into_iter().chain(earlier.map(|(_, pack)| pack)).collect()
}

/// What is believed of an act and its place is what was signed, byte for byte: everything else is refused.
fn pack(good: &[Vec<u8>], input: &[u8]) -> Said {
    let [act, signature, record, sealed, seal] = parts(input);
    let signature = super::text(signature);
    let act = match SignedAct::read(act, &signature) {
        Ok(act) => act,
        Err(error) => return Said::no(shape(&error.to_string())),
    };
    let record = match EventRecord::read(record) {
        Ok(record) => record.record,
        Err(error) => return Said::no(shape(&error.to_string())),
    };
    if record.act != act.id() || record.signature != Digest::of(signature.as_bytes()) {
        return Said::no("another act");
    }
    let seal = Signature::new(super::text(seal));
    match seal.verify(Namespace::Git, sealed) {
        Err(error) => return Said::no(shape(&error.to_string())),
        Ok(owner) if owner != *key("maya").key() => return Said::no("another recorder"),
        Ok(_) => {}
    }
    // The record stands in the sealed commit by its tree, which a pack leaves out: any record of this act may stand here.
    let same = |good: &Vec<u8>| {
        let [known, by, _, commit, sealed_by] = parts(good);
        let [act, signature, _, sealed, seal] = parts(input);
        (known, by) == (act, signature) || (commit, sealed_by) == (sealed, seal)
    };
    assert!(good.iter().any(same), "something was accepted that nobody signed");
    Said::yes(format!("{} {}", act.act().deed.kind(), record.seq))
}
