//! `SourceTree`: what a folder on disk and one in memory promise alike; then what only a disk can do.

use std::{fs, path::Path};

use chancery::{
    adapters::{
        files::{FolderSettings, FolderTree},
        memory::{MemorySettings, MemoryTree},
    },
    workspace::{Ground, Refusal, Settings, SourceTree, TreeError},
};
use tempfile::TempDir;

/// Runs a test on both adapters.
fn on_both(test: impl Fn(&dyn SourceTree)) {
    let folder = TempDir::new().unwrap();
    test(&FolderTree::open(folder.path()).unwrap());
    test(&MemoryTree::new());
}

fn paths(tree: &dyn SourceTree, folder: &str) -> Vec<String> {
    let listing = tree.list(folder).unwrap();
    assert_eq!(listing.refused, []);
    listing.files.into_iter().map(|entry| entry.path).collect()
}

#[test]
fn what_is_written_is_read_and_listed_byte_for_byte() {
    on_both(|tree| {
        for bytes in [&b""[..], b"\xef\xbb\xbfa\r\nb", b"\xff\0\xfe", b"no newline"] {
            tree.write("prompts/a/b.md", bytes).unwrap();
            assert_eq!(tree.read("prompts/a/b.md").unwrap().as_deref(), Some(bytes));
            let listing = tree.list("prompts").unwrap();
            assert_eq!(listing.files[0].size, bytes.len() as u64);
        }
        tree.write("prompts.md", b"x").unwrap();
        tree.write("prompts/z.md", b"x").unwrap();
        assert_eq!(paths(tree, ""), ["prompts.md", "prompts/a/b.md", "prompts/z.md"]);
        assert_eq!(paths(tree, "prompts"), ["prompts/a/b.md", "prompts/z.md"]);
        assert_eq!(paths(tree, "prompts/a"), ["prompts/a/b.md"]);
        assert_eq!(paths(tree, "nothing"), Vec::<String>::new());
    });
}

#[test]
fn a_file_that_is_not_there_is_none_and_can_be_removed() {
    on_both(|tree| {
        assert_eq!(tree.read("a/b").unwrap(), None);
        tree.remove("a/b").unwrap();
        tree.write("a/b", b"x").unwrap();
        assert_eq!(tree.read("a").unwrap(), None, "a folder is no file");
        assert_eq!(tree.read("a/b/c").unwrap(), None, "a file is no folder");
        tree.remove("a/b").unwrap();
        assert_eq!(tree.read("a/b").unwrap(), None);
        assert_eq!(paths(tree, ""), Vec::<String>::new());
    });
}

#[test]
fn a_path_never_leads_out_of_the_project() {
    on_both(|tree| {
        for path in ["", "/etc/passwd", "../x", "a/../../x", "a//b", "./a", "a/", "a\0b"] {
            assert_eq!(tree.read(path), Err(TreeError::Outside(path.to_owned())), "{path:?}");
            assert_eq!(tree.write(path, b""), Err(TreeError::Outside(path.to_owned())), "{path:?}");
            assert_eq!(tree.remove(path), Err(TreeError::Outside(path.to_owned())), "{path:?}");
        }
        for path in [".git/config", "a/.git/hooks/x", ".chancery/HEAD"] {
            assert_eq!(tree.write(path, b""), Err(TreeError::Reserved(path.to_owned())), "{path:?}");
        }
    });
}

#[test]
fn what_gitignore_excludes_is_not_listed() {
    on_both(|tree| {
        tree.write(".gitignore", b"/build/\n*.tmp\n").unwrap();
        tree.write("prompts/.gitignore", b"!keep.tmp\nsecret.md\n").unwrap();
        for path in
            ["build/a.md", "prompts/a.md", "prompts/a.tmp", "prompts/keep.tmp", "prompts/secret.md", "secret.md"]
        {
            tree.write(path, b"x").unwrap();
        }
        let all = [".gitignore", "prompts/.gitignore", "prompts/a.md", "prompts/keep.tmp", "secret.md"];
        assert_eq!(paths(tree, ""), all);
        assert_eq!(paths(tree, "prompts"), all[1..4]);
    });
}

#[test]
fn settings_come_back_as_they_were_kept() {
    let folder = TempDir::new().unwrap();
    let on_disk = FolderSettings::open(&folder.path().join(".chancery"));
    let in_memory = MemorySettings::default();
    for settings in [&on_disk as &dyn Settings, &in_memory] {
        assert_eq!(settings.read("index").unwrap(), None);
        settings.write("index", b"one").unwrap();
        settings.write("index", b"two").unwrap();
        assert_eq!(settings.read("index").unwrap().map(|kept| kept.bytes).as_deref(), Some(&b"two"[..]));
    }
    assert!(folder.path().join(".chancery/clone/index").is_file());
}

#[cfg(unix)]
mod on_unix {
    use std::os::unix::{
        ffi::OsStrExt as _,
        fs::{PermissionsExt as _, symlink},
    };

    use super::*;

    fn refused(tree: &FolderTree) -> Vec<(String, Refusal)> {
        tree.list("").unwrap().refused.into_iter().map(|one| (one.path, one.why)).collect()
    }

    #[test]
    fn a_link_within_the_project_is_a_file_and_one_that_leads_out_is_refused_by_name() {
        let (outside, folder) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let at = |path: &str| folder.path().join(path);
        fs::write(outside.path().join("secret"), "s").unwrap();
        fs::create_dir(at("prompts")).unwrap();
        fs::write(at("prompts/a.md"), "a").unwrap();
        symlink("a.md", at("prompts/inside.md")).unwrap();
        symlink(outside.path().join("secret"), at("prompts/out.md")).unwrap();
        symlink("nowhere", at("prompts/nowhere.md")).unwrap();
        symlink(outside.path(), at("tools")).unwrap();
        symlink("prompts", at("policies")).unwrap();
        let tree = FolderTree::open(folder.path()).unwrap();

        let files: Vec<String> = tree.list("").unwrap().files.into_iter().map(|entry| entry.path).collect();
        assert_eq!(files, ["prompts/a.md", "prompts/inside.md"]);
        let wanted = [
            ("policies", Refusal::LinkToFolder),
            ("prompts/nowhere.md", Refusal::LinkOut),
            ("prompts/out.md", Refusal::LinkOut),
            ("tools", Refusal::LinkOut),
        ];
        assert_eq!(refused(&tree), wanted.map(|(path, why)| (path.to_owned(), why)));

        assert_eq!(tree.read("prompts/inside.md").unwrap().as_deref(), Some(&b"a"[..]));
        for path in ["prompts/out.md", "prompts/nowhere.md", "tools/secret", "tools/new"] {
            assert_eq!(tree.write(path, b"x"), Err(TreeError::Outside(path.to_owned())), "{path}");
        }
        assert_eq!(tree.read("tools/secret"), Err(TreeError::Outside("tools/secret".to_owned())));
        assert_eq!(tree.remove("tools/secret"), Err(TreeError::Outside("tools/secret".to_owned())));
        tree.write("prompts/inside.md", b"b").unwrap();
        assert!(at("prompts/inside.md").is_symlink());
        assert_eq!(fs::read(at("prompts/a.md")).unwrap(), b"b");
        tree.remove("prompts/out.md").unwrap();
        assert_eq!(fs::read(outside.path().join("secret")).unwrap(), b"s");
    }

    #[test]
    fn a_name_that_is_not_utf8_is_refused_by_its_likeness() {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join(std::ffi::OsStr::from_bytes(b"a\xff.md")), "x").unwrap();
        let tree = FolderTree::open(folder.path()).unwrap();
        assert_eq!(refused(&tree), [("a\u{fffd}.md".to_owned(), Refusal::NotUtf8)]);
    }

    #[test]
    fn a_replaced_file_keeps_its_permissions_and_leaves_nothing_beside_it() {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("a.sh");
        fs::write(&file, "x").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o750)).unwrap();
        let tree = FolderTree::open(folder.path()).unwrap();
        tree.write("a.sh", b"y").unwrap();
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o750);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn an_edit_that_keeps_size_and_modification_time_still_shows() {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("a.md");
        fs::write(&file, "one").unwrap();
        let tree = FolderTree::open(folder.path()).unwrap();
        let (before, time) = (tree.list("").unwrap(), fs::metadata(&file).unwrap().modified().unwrap());
        std::thread::sleep(std::time::Duration::from_millis(20));
        fs::write(&file, "two").unwrap();
        fs::File::options().write(true).open(&file).unwrap().set_modified(time).unwrap();
        assert_ne!(tree.list("").unwrap(), before);
    }
}

#[test]
fn a_repository_s_own_folders_are_not_listed() {
    let folder = TempDir::new().unwrap();
    for path in [".git/config", ".chancery/HEAD", "sub/.git/config", ".cursor/rules/a.md", ".chancery-write-x"] {
        let file = folder.path().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, "x").unwrap();
    }
    assert_eq!(paths(&FolderTree::open(folder.path()).unwrap(), ""), [".cursor/rules/a.md"]);
}

#[test]
fn a_gitignore_above_counts_only_inside_a_git_work_tree() {
    let folder = TempDir::new().unwrap();
    let project = folder.path().join("project");
    fs::create_dir(&project).unwrap();
    fs::write(folder.path().join(".gitignore"), "*\n").unwrap();
    fs::write(project.join("a.md"), "x").unwrap();
    let tree = FolderTree::open(&project).unwrap();
    assert_eq!(paths(&tree, ""), ["a.md"]);
    fs::create_dir(folder.path().join(".git")).unwrap();
    assert_eq!(paths(&tree, ""), Vec::<String>::new());
    fs::remove_dir(folder.path().join(".git")).unwrap();
    fs::create_dir(project.join(".git")).unwrap();
    assert_eq!(paths(&tree, ""), ["a.md"], "the work tree begins at the project");
    fs::create_dir(project.join("prompts")).unwrap();
    fs::write(project.join("prompts/b.md"), "x").unwrap();
    let inner = FolderTree::open(&project.join("prompts")).unwrap();
    assert_eq!(paths(&inner, ""), ["b.md"], "the work tree begins between the two");
}

#[test]
fn git_says_what_it_has_of_files_and_when_it_saw_them() {
    let memory = MemoryTree::new();
    let commit_all = || memory.commit_to_git();
    what_git_says(&memory, &commit_all);

    let folder = TempDir::new().unwrap();
    let project = folder.path().join("project");
    fs::create_dir(&project).unwrap();
    let tree = FolderTree::open(&project).unwrap();
    let repository = std::cell::OnceCell::new();
    let commit_all = || {
        let repository = repository.get_or_init(|| git2::Repository::init(folder.path()).unwrap());
        commit(repository, &["project/a.md", "project/b.md"]);
    };
    what_git_says(&tree, &commit_all);
}

fn what_git_says(tree: &dyn SourceTree, commit_all: &dyn Fn()) {
    assert!(tree.git().unwrap().is_none(), "no git here");
    tree.write("a.md", b"one\r\n").unwrap();
    tree.write("b.md", b"one").unwrap();
    commit_all();
    let first = tree.git().unwrap().unwrap().ground().clone();
    assert_eq!(first.commit.as_ref().unwrap().len(), 40);
    let stamp = tree.list("").unwrap().files[0].stamp;
    tree.write("a.md", b"two").unwrap();
    {
        let git = tree.git().unwrap().unwrap();
        let staged = git.staged("a.md").unwrap();
        assert_eq!((staged.stamp, staged.away), (stamp, false));
        assert!(!staged.is_after(stamp));
        assert_eq!(git.staged_bytes("a.md").as_deref(), Some(&b"one\r\n"[..]));
        assert_eq!((git.staged("c.md"), git.staged_bytes("c.md")), (None, None));
        assert!(git.only_committed_since(&first).unwrap());
    }
    commit_all();
    let git = tree.git().unwrap().unwrap();
    assert_ne!(git.ground(), &first);
    assert!(git.only_committed_since(&first).unwrap());
    let elsewhere = Ground { branch: Some("elsewhere".to_owned()), ..first };
    assert!(!git.only_committed_since(&elsewhere).unwrap());
    let walked = |paths: &[&str], enough: usize| {
        let mut walked: Vec<Vec<Option<String>>> = Vec::new();
        git.line(paths, &mut |files| {
            walked.push(files.into_iter().map(|file| file.map(|bytes| String::from_utf8(bytes).unwrap())).collect());
            walked.len() == enough
        })
        .unwrap();
        walked
    };
    let some = |text: &str| Some(text.to_owned());
    let both: [Vec<Option<String>>; 2] = [vec![some("two"), some("one")], vec![some("one\r\n"), some("one")]];
    assert_eq!(walked(&["a.md", "b.md"], 9), both);
    assert_eq!(walked(&["a.md", "b.md"], 1), both[..1]);
    assert_eq!(walked(&["b.md", "c.md"], 9), [vec![some("one"), None]], "only where something differs");
    assert_eq!(walked(&["c.md", "a.md"], 9), Vec::<Vec<Option<String>>>::new());
}

fn commit(repository: &git2::Repository, files: &[&str]) {
    let mut index = repository.index().unwrap();
    for file in files {
        index.add_path(Path::new(file)).unwrap();
    }
    let tree = repository.find_tree(index.write_tree().unwrap()).unwrap();
    let person = git2::Signature::new("a", "a@example.org", &git2::Time::new(0, 0)).unwrap();
    let parent = repository.head().ok().map(|head| head.peel_to_commit().unwrap());
    let parents: Vec<&git2::Commit<'_>> = parent.iter().collect();
    repository.commit(Some("HEAD"), &person, &person, "x", &tree, &parents).unwrap();
    index.write().unwrap();
}
