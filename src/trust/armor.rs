//! The text around a signature: marker lines and base64 in lines of 70 columns.

use super::base64;

const BEGIN: &str = "-----BEGIN SSH SIGNATURE-----\n";
const END: &str = "-----END SSH SIGNATURE-----\n";
const COLUMNS: usize = 70;

/// Longer text is not looked at: the largest signature we accept, RSA of 8192 bits, takes 3 KB.
const LONGEST: usize = 16 * 1024;

/// The armored text of a signature's bytes, exactly as `ssh-keygen -Y sign` writes it.
pub(super) fn armor(blob: &[u8]) -> String {
    let mut text = String::from(BEGIN);
    let mut column = 0;
    for digit in base64::encode(blob).chars() {
        if column == COLUMNS {
            text.push('\n');
            column = 0;
        }
        text.push(digit);
        column += 1;
    }
    text.push('\n');
    text.push_str(END);
    text
}

/// The signature's bytes; `None` unless the text is byte for byte what [`armor`] makes of them.
pub(super) fn dearmor(text: &str) -> Option<Vec<u8>> {
    if text.len() > LONGEST {
        return None;
    }
    let body = text.strip_prefix(BEGIN)?.strip_suffix(END)?;
    let blob = base64::decode(&body.replace('\n', ""))?;
    // One spelling: what is stored, hashed and compared can then never vary without changing meaning.
    (armor(&blob) == text).then_some(blob)
}
