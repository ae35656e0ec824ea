//! Secrets that were written into the settings file: made unreadable before anything else looks at the text.

use std::ops::Range;

/// Keys that hold a secret, by how they end.
const ENDINGS: [&str; 5] = ["secret", "password", "token", "api_key", "passwd"];

/// Whether a key of this name holds a secret.
pub(super) fn is_secret(key: &str) -> bool {
    ENDINGS.iter().any(|ending| key.to_ascii_lowercase().ends_with(ending))
}

/// The text with every written secret crossed out, byte for byte, and where they stood. References (`env:`, `file:`) and
/// nested keys stay.
pub(super) fn cross_out(text: &str) -> (String, Vec<Range<usize>>) {
    let mut found = Vec::new();
    let mut start = 0;
    let mut block: Option<usize> = None;
    for line in text.split_inclusive('\n') {
        let indent = line.len() - line.trim_start_matches(' ').len();
        let bare = line.trim();
        match block {
            // The lines of a `|` block belong to the secret that it holds.
            Some(above) if bare.is_empty() || indent > above => {
                found.push(start + indent..start + indent + bare.len());
            }
            _ => {
                block = None;
                for (value, opens_block) in written(line) {
                    if opens_block {
                        block = Some(indent);
                    } else {
                        found.push(start + value.start..start + value.end);
                    }
                }
            }
        }
        start += line.len();
    }
    found.retain(|range| !range.is_empty());
    let mut bytes = text.as_bytes().to_vec();
    for range in &found {
        bytes[range.clone()].fill(b'x');
    }
    let text = String::from_utf8(bytes).expect("whole values are crossed out, never a part of a character");
    (text, found)
}

/// The values of secret keys on one line, and whether a value is the head of a block.
fn written(line: &str) -> Vec<(Range<usize>, bool)> {
    let mut values = Vec::new();
    for (colon, _) in line.match_indices(':') {
        let head = line[..colon].trim_end_matches(['"', '\'']);
        let key = head.rsplit(|letter: char| !(letter.is_alphanumeric() || letter == '_')).next().unwrap_or_default();
        let rest = &line[colon + 1..];
        if !is_secret(key) || !rest.starts_with([' ', '\t', '\n', '\r']) {
            continue;
        }
        let value = rest.trim();
        let begin = colon + 1 + (rest.len() - rest.trim_start().len());
        let bare = value.trim_start_matches(['"', '\'']);
        if value.is_empty() || bare.starts_with("env:") || bare.starts_with("file:") || value.starts_with(['{', '#']) {
            continue;
        }
        let end = begin + length(value);
        values.push((begin..end, value.starts_with(['|', '>'])));
    }
    values
}

/// How far a scalar goes: to its closing quote, else to a comma, a brace or a comment.
fn length(value: &str) -> usize {
    let quote = value.chars().next().filter(|first| matches!(first, '"' | '\''));
    if let Some(quote) = quote {
        return value[1..].rfind(quote).map_or(value.len(), |at| at + 2);
    }
    let flow = value.find([',', '}']).unwrap_or(value.len());
    let comment = value.find(" #").unwrap_or(value.len());
    value[..flow.min(comment)].trim_end().len()
}

#[cfg(test)]
mod tests {
    use super::cross_out;

    #[test]
    fn written_secrets_are_crossed_out_and_references_stay() {
        let text = "procore:\n  client_secret: hunter22 # mine\n  client_id: abc\nacumatica:\n  sign_in: {session: {user: admin, password: \"p, w\"}}\n\
            \x20 token: |\n    one\n    two\n  url: https://a\n  password: env:PASSWORD\n  grant: {refresh_token: 'file:t'}\n";
        let (masked, found) = cross_out(text);
        assert_eq!(masked.len(), text.len());
        assert_eq!(found.len(), 4, "{masked}");
        for secret in ["hunter22", "p, w", "one", "two"] {
            assert!(!masked.contains(secret), "{masked}");
        }
        for kept in ["client_id: abc", "# mine", "https://a", "env:PASSWORD", "'file:t'", "user: admin"] {
            assert!(masked.contains(kept), "{kept}: {masked}");
        }
    }

    #[test]
    fn letters_of_several_bytes_do_no_harm() {
        let (masked, _) = cross_out("password: zürich\nname: Zürich\n");
        assert_eq!(masked, "password: xxxxxxx\nname: Zürich\n");
    }
}
