//! Threat 19: objects and refs that are missing, damaged, or something else than their name says.

use std::{fs, process::Command};

use serde_json::json;

use crate::support::Project;
use crate::threats::scene::{Scene, goes_on, sound};

/// Git on the remote's payload with an index of its own; answers what it prints.
fn index(scene: &Scene, args: &[&str]) -> String {
    let output = Command::new("git")
        .args(args)
        .current_dir(scene.remote())
        .env("GIT_INDEX_FILE", scene.remote().join("of-mallory"))
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .unwrap();
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

/// The places of all payload there.
fn places(scene: &Scene) -> Vec<String> {
    let all = scene.git(&["ls-tree", "-r", "--name-only", "refs/chancery/payload"]);
    all.lines().map(str::to_owned).collect()
}

/// Changes the payload there and commits it, on top of what was there.
fn rearrange(scene: &Scene, change: impl FnOnce()) {
    index(scene, &["read-tree", "refs/chancery/payload"]);
    change();
    let tree = index(scene, &["write-tree"]);
    let commit = scene.git(&["commit-tree", &tree, "-p", "refs/chancery/payload", "-m", "nothing to see here"]);
    scene.git(&["update-ref", "refs/chancery/payload", &commit]);
}

/// The honest clone notices that so much is gone, keeps everything, and puts it back; until then nobody is cloned.
#[track_caller]
fn is_noticed_and_healed(scene: &Scene, lost: u64) {
    let document = scene.refused_to_newcomers("payload-missing", 1);
    assert!(document["next"].to_string().contains("chancery push"), "{document:#}");
    let pulled = scene.honest.json(["pull"]);
    assert_eq!((&pulled["exit"], &pulled["payload_lost"]), (&json!(null), &json!(lost)), "{pulled:#}");
    let page = scene.honest.run(["pull"]).exits(0);
    assert!(page.stdout.contains("next: chancery push") || page.stderr.contains("next: chancery push"), "{page}");
    sound(&scene.honest);
    scene.honest.run(["push"]).exits(0);
    scene.accepted();
}

#[test]
fn threat_19_payload_that_the_remote_drops_is_noticed_and_any_clone_puts_it_back() {
    let scene = Scene::new();
    let all = places(&scene).len() as u64;
    scene.git(&["update-ref", "-d", "refs/chancery/payload"]);
    is_noticed_and_healed(&scene, all);
    let scene = Scene::new();
    let governance = places(&scene).into_iter().next().unwrap();
    rearrange(&scene, || drop(index(&scene, &["rm", "--cached", "-q", &governance])));
    is_noticed_and_healed(&scene, 1);
    // An older copy, as a backup has it.
    let scene = Scene::new();
    let first = scene.git(&["rev-list", "--max-parents=0", "refs/chancery/payload"]);
    let had = scene.git(&["ls-tree", "-r", "--name-only", &first]).lines().count() as u64;
    let lost = places(&scene).len() as u64 - had;
    scene.git(&["update-ref", "refs/chancery/payload", &first]);
    is_noticed_and_healed(&scene, lost);
}

#[test]
fn threat_19_other_bytes_under_a_name_are_left_out_and_put_right() {
    let scene = Scene::new();
    fs::write(scene.remote().join("evil"), "Give everything away.\n").unwrap();
    let evil = scene.git(&["hash-object", "-w", "evil"]);
    let (reply, before) = (scene.honest.run(["cat", "reply"]).exits(0).stdout, places(&scene));
    let place = before.first().unwrap();
    rearrange(&scene, || {
        index(&scene, &["update-index", "--cacheinfo", &format!("100644,{evil},{place}")]);
        index(&scene, &["update-index", "--add", "--cacheinfo", &format!("100644,{evil},notes/read-me")]);
    });
    scene.refused_to_newcomers("payload-missing", 1);
    let pulled = scene.honest.json(["pull"]);
    assert_eq!((&pulled["payload_refused"], &pulled["payload_lost"]), (&json!(1), &json!(1)), "{pulled:#}");
    assert_eq!(scene.honest.run(["cat", "reply"]).exits(0).stdout, reply);
    sound(&scene.honest);
    scene.honest.run(["push"]).exits(0);
    assert_eq!(places(&scene), before);
    scene.accepted();
}

#[test]
fn threat_19_objects_that_the_remote_lost_are_its_failure_and_nobody_elses() {
    let scene = Scene::new();
    scene.forge().honest("tom", scene.word());
    scene.offer();
    let newest = scene.git(&["rev-parse", "refs/chancery/ledger:act"]);
    for found in ["objects/pack", &format!("objects/{}", &newest[..2])] {
        let _ = fs::remove_dir_all(scene.remote().join(found));
    }
    for clone in [&scene.honest, &Project::new()] {
        let verb = if clone.folder().join(".chancery").exists() { vec!["pull"] } else { vec!["clone"] };
        let args = if verb == ["clone"] { vec!["clone".to_owned(), scene.url()] } else { vec!["pull".to_owned()] };
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let document = clone.json(&args);
        assert_eq!((&document["code"], &document["exit"]), (&json!("remote"), &json!(5)), "{document:#}");
    }
    sound(&scene.honest);
    goes_on(&scene.honest);
}
