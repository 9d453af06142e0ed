//! Letters that look like those of another script.

use unicode_normalization::UnicodeNormalization;

use super::{
    class,
    scripts::{Script, script},
};

/// Letters and digits that look like one of ASCII, each with it.
const ALIKE: &str = "аaеeоoрpсcуyхxѕsіiјjһhԁdԛqԝwѵvӏlүyАAВBЕEКKМMНHОOРPСCТTУYХXЅSІIЈJԚQԜWӀIҮYЗ3ԌGѴV\
                     οoνvϲcϳjΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧXϹCͿJ\
                     օoոnսuհhցgզqՕOՍUԼLՏSɑaɡgɩiꭰDᎪAᏴBᏟCᎠDᎬEᏀGᎻHᎫJᏦKᏞLᎷMᏢPᏒRᏚSᎢTᏙVᎳWᏃZ";

/// The ASCII letter or digit that a character of another script looks like.
fn ascii(c: char) -> Option<char> {
    if c.is_ascii() {
        return None;
    }
    let mut pairs = ALIKE.chars();
    while let (Some(letter), Some(like)) = (pairs.next(), pairs.next()) {
        if letter == c {
            return Some(like);
        }
    }
    // Bold, script, double-struck and other letters made for formulas.
    match u32::from(c) {
        0x1D400..=0x1D7FF => std::iter::once(c).nfkc().next().filter(char::is_ascii_alphanumeric),
        _ => None,
    }
}

/// Why a word is not what it looks like, as the rest of a sentence that begins with it; `None` where it is.
///
/// A word must not mix scripts (Latin mixes with East Asian ones alone), must not be made of look-alikes of ASCII
/// letters alone, and must hold no letter that is a variant of another (wide, bold, ligature) nor anything invisible.
/// Words end at everything that is neither a letter nor a digit.
pub fn disguise(name: &str) -> Option<&'static str> {
    if name.is_ascii() {
        return None;
    }
    if name.chars().any(|c| class(c).is_some()) {
        return Some("holds a character that nobody sees");
    }
    if name.nfkc().ne(name.nfc()) {
        return Some("holds letters that are variants of others: wide, bold, raised or joined");
    }
    name.split(|c: char| !c.is_alphanumeric()).find_map(|word| {
        if mixes_scripts(word) {
            return Some("mixes letters of several scripts in one word: some look like others");
        }
        is_all_alike(word).then_some("is made of letters that look like others: write it in ASCII")
    })
}

/// The form under which two names look the same: `release-1`, `release-l` and `RELEASE_I` are one.
pub fn looks(name: &str) -> String {
    let one = |c: char| match c {
        '0' => 'o',
        '1' | 'i' => 'l',
        '5' => 's',
        '_' | '.' => '-',
        c => c,
    };
    name.to_lowercase().chars().map(one).collect::<String>().replace("rn", "m").replace("vv", "w")
}

/// The form under which two texts look the same: letters that pass for ASCII ones as those, the rest in form KC.
pub fn skeleton(text: &str) -> String {
    text.nfkc().map(|c| ascii(c).unwrap_or(c)).collect()
}

fn mixes_scripts(word: &str) -> bool {
    let mut scripts = word.chars().filter_map(script);
    let Some(first) = scripts.next() else { return false };
    let mixes = |a: Script, b: Script| {
        a != b && !matches!((a, b), (Script::Latin, Script::EastAsian) | (Script::EastAsian, Script::Latin))
    };
    scripts.any(|other| mixes(first, other))
}

fn is_all_alike(word: &str) -> bool {
    let mut letters = word.chars().filter(|c| !c.is_ascii_digit()).peekable();
    letters.peek().is_some() && letters.all(|c| ascii(c).is_some())
}

/// Letters that pass for ASCII ones where they stand, in order: each with its byte offset and what it looks like.
///
/// A look-alike passes in a word that also holds Latin letters, and in a line without a letter of its own script that
/// looks like itself: Cyrillic among Cyrillic is what it is. Letters made for formulas pass everywhere.
pub fn look_alikes(text: &str) -> impl Iterator<Item = (usize, char)> {
    let start = text.as_ptr() as usize;
    let lines = text.split('\n').filter(|line| !line.is_ascii());
    lines.flat_map(move |line| {
        let at = line.as_ptr() as usize - start;
        of_line(line).into_iter().map(move |(inside, like)| (at + inside, like))
    })
}

fn of_line(line: &str) -> Vec<(usize, char)> {
    let mut own: Vec<Script> = Vec::new();
    for script in line.chars().filter(|c| !c.is_ascii() && ascii(*c).is_none()).filter_map(script) {
        if !own.contains(&script) {
            own.push(script);
        }
    }
    let mut found = Vec::new();
    let mut at = 0;
    for word in line.split_inclusive(|c: char| !c.is_alphanumeric()) {
        let latin = word.chars().any(|c| script(c) == Some(Script::Latin) && ascii(c).is_none());
        for (inside, c) in word.char_indices() {
            let Some(like) = ascii(c) else { continue };
            let formula = u32::from(c) > 0xFFFF;
            if formula || latin || !script(c).is_some_and(|script| own.contains(&script)) {
                found.push((at + inside, like));
            }
        }
        at += word.len();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_what_it_looks_like() {
        for name in ["refunds", "übung", "поддержка", "support-поддержка", "退款v2", "ελλάδα", "команда/refunds"]
        {
            assert_eq!(disguise(name), None, "{name}");
        }
        for name in ["rеfunds", "prоduction", "сор", "ａdmin", "ﬁn", "𝐚", "a\u{3164}", "ρay", "support-а", "αб"]
        {
            assert!(disguise(name).is_some(), "{name}");
        }
    }

    #[test]
    fn names_that_look_the_same_have_one_look() {
        assert_eq!(looks("release-1"), looks("RELEASE_l"));
        assert_eq!(looks("modern"), looks("modem"));
        assert_ne!(looks("refund"), looks("refunds"));
    }

    #[test]
    fn letters_that_pass_for_others_are_found_and_no_others() {
        let found = |text: &str| look_alikes(text).collect::<Vec<_>>();
        assert_eq!(found("pаy\nsee сору"), [(1, 'a'), (9, 'c'), (11, 'o'), (13, 'p'), (15, 'y')]);
        assert_eq!(found("Это сор, а он о нём"), []);
        assert_eq!(found("Ответ: use pаypal"), [(17, 'a')]);
        assert_eq!(found("the angle α, χ² and π"), []);
        assert_eq!(found("𝐩ay"), [(0, 'p')]);
    }
}
