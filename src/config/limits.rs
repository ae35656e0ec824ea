//! Values of the settings file that have the right kind and cannot be meant: addresses that are none, limits of nothing.

use crate::diagnostic::Diagnostic;
use crate::mapping::Word;
use crate::mapping::yaml::{Node, NodeKind};

/// What a key must hold, beside its kind.
#[derive(Clone, Copy)]
enum Must {
    /// An address: scheme, host, perhaps a port and a path.
    Address,
    /// Digits only: an id of Procore.
    Id,
    /// At least one.
    Positive,
    /// Something.
    Text,
}

/// Keys of the blocks, at any depth, and what each must hold.
const KEYS: [(&str, Must); 16] = [
    ("url", Must::Address),
    ("api_url", Must::Address),
    ("login_url", Must::Address),
    ("company_id", Must::Id),
    ("concurrent", Must::Positive),
    ("per_minute", Must::Positive),
    ("page_size", Must::Positive),
    ("longest_wait_seconds", Must::Positive),
    ("action_limit_seconds", Must::Positive),
    ("connect_seconds", Must::Positive),
    ("answer_seconds", Must::Positive),
    ("most_bytes", Must::Positive),
    ("client_id", Must::Text),
    ("tenant", Must::Text),
    ("user", Must::Text),
    ("locale", Must::Text),
];

/// Tells what cannot be meant in a block and the blocks within it. The wrong kind of a value is told elsewhere.
pub(super) fn meant(block: &Node, problems: &mut Vec<Diagnostic>) {
    let NodeKind::Map(entries) = &block.kind else { return };
    for (key, value) in entries {
        let Some(key) = key.word() else { continue };
        // What stands here are values for paths, under names of the company's own.
        if key.text == "settings" {
            continue;
        }
        meant(value, problems);
        let must = KEYS.iter().find(|(name, _)| *name == key.text).map(|(_, must)| *must);
        if let (Some(must), Some(word)) = (must, value.word()) {
            problems.extend(wrong(&key.text, must, &word, &value.kind));
        }
    }
}

fn wrong(key: &str, must: Must, word: &Word, kind: &NodeKind) -> Option<Diagnostic> {
    let (what, help) = match must {
        Must::Address => (fault(&word.text)?, "write it like `https://acme.example.com/site`"),
        Must::Id if word.text.is_empty() || !word.text.bytes().all(|byte| byte.is_ascii_digit()) => {
            ("a company's id is a number", "`GET /rest/v1.0/companies` of Procore lists the companies that the app may see, with their ids")
        }
        Must::Positive if matches!(kind, NodeKind::Number(digits) if digits == "0") => {
            ("a limit of 0 lets nothing through", "write 1 or more, or take the line out to have the default")
        }
        Must::Text if word.text.trim().is_empty() => ("it is empty", "write the name that the system gave you"),
        Must::Id | Must::Positive | Must::Text => return None,
    };
    let message = format!("`{}` cannot be `{key}`: {what}", word.text);
    Some(Diagnostic::error("setting", &word.place, message).help(help))
}

/// What is wrong with an address.
fn fault(address: &str) -> Option<&'static str> {
    let Some(rest) = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://")) else {
        return Some("an address begins with `https://`");
    };
    if address.contains(['?', '#', '@']) || address.contains(char::is_whitespace) {
        return Some("an address of a system has no query, no user and no blanks");
    }
    let host = rest.split('/').next().unwrap_or_default();
    // The last colon is a port's, unless it stands within an IPv6 address.
    let (name, port) = match host.rsplit_once(':').filter(|(_, port)| !port.contains(']')) {
        Some((name, port)) => (name, Some(port)),
        None => (host, None),
    };
    if port.is_some_and(|port| port.parse::<u16>().map_or(true, |port| port == 0)) {
        return Some("its port is no port");
    }
    let plain = |letter: char| letter.is_alphanumeric() || "-._[]:".contains(letter);
    (name.is_empty() || !name.chars().all(plain)).then_some("it names no host")
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn addresses_are_told_from_what_is_none() {
        for good in [
            "https://api.procore.com",
            "https://acme.example/site",
            "http://127.0.0.1:8082/a/b",
            "http://[::1]:80",
            "https://zürich.example/",
        ] {
            assert_eq!(fault(good), None, "{good}");
        }
        for bad in [
            "acme.example",
            "https:/acme",
            "https://",
            "https://acme:x",
            "https://a b",
            "https://u@acme",
            "https://acme?x=1",
            "ftp://acme",
            "https://acme:0",
        ] {
            assert!(fault(bad).is_some(), "{bad}");
        }
    }
}
