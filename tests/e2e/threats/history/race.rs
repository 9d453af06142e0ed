//! Threat 18: an honest race is no second history.

use crate::threats::scene::{Scene, sound};

#[test]
fn threat_18_twin_two_who_record_at_once_above_what_was_confirmed_end_in_one_history() {
    let scene = Scene::new();
    let clones = [(&scene.honest, "calm"), (&scene.forged, "kind")];
    for (clone, word) in clones {
        clone.write(&format!("policies/{word}.md"), format!("Be {word}.\n"));
        clone.run(["commit", "-m", word]).exits(0);
    }
    for (clone, _) in clones {
        clone.run(["push"]).exits(0);
    }
    scene.honest.run(["pull"]).exits(0);
    assert_eq!(scene.honest.tip(), scene.forged.tip());
    for (clone, _) in clones {
        sound(clone);
        for (_, word) in clones {
            clone.run(["cat", word]).exits(0);
        }
    }
}

#[test]
fn threat_18_below_what_was_confirmed_the_same_is_an_attack_and_both_are_shown() {
    let scene = Scene::new();
    // The same two commits; but the remote has confirmed one of them, and then has the other instead.
    scene.honest.write("policies/calm.md", "Be calm.\n").run(["commit", "-m", "calm"]).exits(0);
    scene.honest.run(["push"]).exits(0);
    scene.forged.write("policies/kind.md", "Be kind.\n").run(["commit", "-m", "kind"]).exits(0);
    scene.offer();
    let told = scene.refused("two-histories", 1);
    let because = told["because"].as_str().unwrap();
    for part in ["confirmed to this clone: 16 `", "There now: 16 `", "the rules allow both"] {
        assert!(because.contains(part), "no {part} in {because}");
    }
    // Whoever comes anew has no way to know; whoever was there keeps what was confirmed.
    scene.honest.run(["cat", "calm"]).exits(0);
    assert_eq!(scene.honest.json(["cat", "kind"])["code"], "unknown-artifact");
}
