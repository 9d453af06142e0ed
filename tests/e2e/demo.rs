//! `chancery demo`: the story, and that its verdicts come from the sample.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use super::support::Project;

#[path = "../../examples/sample_recordings.rs"]
#[expect(dead_code, reason = "the example's own entry is not used here")]
mod sample_recordings;

fn templates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("templates")
}

/// Steps that did not go as told, as `command → exit`.
fn surprises(demo: &Value) -> Vec<String> {
    let steps = demo["steps"].as_array().unwrap().iter();
    let odd = steps.filter(|step| step["exit"] != step["expected"]);
    odd.map(|step| format!("{} → {}", step["command"].as_str().unwrap(), step["exit"])).collect()
}

/// The demo on a copy of the sample in which one file was edited.
fn edited(path: &str, edit: impl FnOnce(String) -> String) -> Vec<String> {
    let project = Project::new();
    copy(&templates().join("support-agent"), &project.folder().join("sample"));
    let text = String::from_utf8(project.read(&format!("sample/{path}"))).unwrap();
    let new = edit(text.clone());
    assert_ne!(new, text, "the edit changes something");
    project.write(&format!("sample/{path}"), new);
    let demo = project.json(["demo", "shop", "--sample", "sample"]);
    assert_eq!(demo["as_told"], false);
    surprises(&demo)
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn the_story_goes_as_told_and_leaves_a_project_one_can_use() {
    let project = Project::new();
    let demo = project.json(["demo", "shop"]);
    assert_eq!(surprises(&demo), Vec::<String>::new());
    assert_eq!(demo["as_told"], true);
    let said = |what: &str| {
        demo["steps"].as_array().unwrap().iter().any(|step| step["command"].as_str().unwrap().contains(what))
    };
    for verb in ["init", "commit", "eval", "propose", "approve", "promote", "rollback", "why", "verify"] {
        assert!(said(verb), "{verb}");
    }
    let status = project.json(["-C", "shop", "--key", "shop/keys/maya", "status"]);
    assert!(status["artifacts"].as_array().unwrap().iter().all(|artifact| artifact["state"] == "clean"));
    assert_eq!(project.json(["-C", "shop", "verify"])["ok"], true);
}

#[test]
fn the_samples_recordings_are_those_of_its_replies() {
    let kept = fs::read_to_string(templates().join("support-agent/recordings.jsonl")).unwrap();
    let made = sample_recordings::recordings(&templates()).unwrap();
    assert!(kept == made, "run `cargo run --example sample_recordings`");
}

#[test]
fn a_prompt_edited_in_the_sample_changes_what_the_demo_reports() {
    let odd = edited("prompts/refund-triage.md", |text| text + "Be brief.\n");
    assert!(odd[0].ends_with("keys/maya eval → 5"), "nothing is recorded for other words: {odd:?}");
}

#[test]
fn a_recorded_reply_edited_in_the_sample_changes_what_the_demo_reports() {
    let odd = edited("recordings.jsonl", |text| {
        // The reply that made the generous draft fail: it now asks for the address, and calls no tool.
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let bad = lines
            .iter_mut()
            .find(|line| line.contains("CL-1101") && line.contains("issue_refund\",\"arguments"))
            .unwrap();
        let mut recording: Value = serde_json::from_str(bad).unwrap();
        recording["reply"]["tool_calls"] = Value::Array(Vec::new());
        recording["reply"]["content"] = "Which e-mail address did you order with?".into();
        *bad = recording.to_string();
        lines.join("\n")
    });
    assert!(odd.iter().any(|step| step.contains("keys/omar promote production → 0")), "{odd:?}");
}

#[test]
fn a_case_edited_in_the_sample_changes_what_the_demo_reports() {
    let odd = edited("evals/order-status.toml", |text| {
        text.replacen("expect = [", "expect = [{ equals = \"no such words\" },", 1)
    });
    assert!(odd[0].ends_with("keys/maya eval → 1"), "{odd:?}");
    assert!(odd.iter().any(|step| step.contains("promote production")), "{odd:?}");
}
