//! What an object of anybody's making leads to.

use git2::{ObjectType, Oid};

use super::commit;

/// Submodules lead out of the repository.
const ELSEWHERE: &[u8] = b"160000";

/// The objects that an object names; whatever is unlike git's own form names nothing more.
pub(super) fn of(kind: ObjectType, bytes: &[u8]) -> Vec<Oid> {
    match kind {
        ObjectType::Commit => of_commit(bytes),
        ObjectType::Tree => of_tree(bytes),
        _ => Vec::new(),
    }
}

fn of_commit(bytes: &[u8]) -> Vec<Oid> {
    let text = String::from_utf8_lossy(bytes);
    let headers = text.lines().take_while(|line| !line.is_empty());
    let named = headers.filter_map(|line| line.strip_prefix("tree ").or_else(|| line.strip_prefix("parent ")));
    named.filter_map(commit::oid).collect()
}

fn of_tree(mut bytes: &[u8]) -> Vec<Oid> {
    let mut named = Vec::new();
    while let Some(nul) = bytes.iter().position(|byte| *byte == 0) {
        let (Some(entry), Some(id)) = (bytes.get(..nul), bytes.get(nul + 1..nul + 21)) else { break };
        if !entry.starts_with(ELSEWHERE) {
            named.extend(Oid::from_bytes(id));
        }
        bytes = bytes.get(nul + 21..).unwrap_or_default();
    }
    named
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_named_is_found_and_garbage_names_nothing() {
        let id = Oid::hash_object(ObjectType::Blob, b"x").unwrap();
        let tree = [&b"100755 run\0"[..], id.as_bytes(), b"160000 sub\0", id.as_bytes(), b"40000 a\0", id.as_bytes()];
        assert_eq!(of(ObjectType::Tree, &tree.concat()), [id, id]);
        let commit = format!("tree {id}\nparent {id}\nauthor a\nencoding x\n\nparent {id}\n");
        assert_eq!(of(ObjectType::Commit, commit.as_bytes()), [id, id]);
        for bytes in [&b"100644 x\0abc"[..], b"\0", b"tree\n", b""] {
            assert_eq!(of(ObjectType::Tree, bytes), []);
            assert_eq!(of(ObjectType::Commit, bytes), []);
        }
    }
}
