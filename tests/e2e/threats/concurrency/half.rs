//! Threat 25: a reader sees half of a bundle.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use crate::{
    support::{Project, shop::made},
    threats::{
        attack::taken,
        crew::{begun, rules},
    },
};

/// A prompt with two policies that always say the same word, in an environment that takes what comes.
fn word(project: &mut Project, word: &str) -> String {
    for part in ["one", "two"] {
        project.write(&format!("policies/{part}.md"), format!("{word}\n"));
    }
    let head = "+++\npolicies = [\"one\", \"two\"]\n+++\n";
    project.write("prompts/greet.md", format!("{head}{word} {{{{ policy(\"one\") }}}} {{{{ policy(\"two\") }}}}\n"));
    project.as_person("tom").run(["commit", "-m", word]).exits(0);
    made(project.as_person("maya").json(["propose", "production", "-m", word]))
}

/// The words that one rendering shows.
fn shown(project: &Project) -> BTreeSet<String> {
    let text = project.run(["render", "greet@production", "--env", "production"]).exits(0).stdout;
    text.split_whitespace().filter(|word| word.starts_with("word")).map(str::to_owned).collect()
}

#[test]
fn threat_25_a_bundle_is_read_whole_while_it_changes() {
    let mut project =
        begun(&rules(1).replace("gate = { approvals = { role = \"release\", low = 1 } }", "gate = \"open\""));
    let first = word(&mut project, "word0");
    project.as_person("omar").run(["promote", &first]).exits(0);
    let over = AtomicBool::new(false);
    let mut seen = BTreeSet::new();
    for round in 1..4 {
        let next = word(&mut project, &format!("word{round}"));
        project.as_person("omar");
        over.store(false, Ordering::Relaxed);
        let (project, over) = (&project, &over);
        let found = thread::scope(|scope| {
            let readers = [(); 2].map(|()| {
                scope.spawn(move || {
                    let mut seen = Vec::new();
                    while !over.load(Ordering::Relaxed) {
                        seen.push(shown(project));
                    }
                    seen.push(shown(project));
                    seen
                })
            });
            let moved = project.run(["promote", &next]);
            over.store(true, Ordering::Relaxed);
            moved.exits(0);
            readers.map(|reader| reader.join().unwrap()).concat()
        });
        for words in found {
            assert_eq!(words.len(), 1, "half of one and half of another: {words:?}");
            seen.extend(words);
        }
        // The twin: afterwards everybody reads the new one.
        assert_eq!(shown(project), BTreeSet::from([format!("word{round}")]));
    }
    assert!(seen.contains("word3"), "{seen:?}");
    taken(&project);
}
