//! Secrets: where do they come from, and how is it that nothing shows them?

use std::fmt;
use std::sync::{Mutex, PoisonError};

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize, de};

use super::error::{ConnectorError, ErrorKind};
use super::percent;
use crate::schema::System;

/// What stands where a secret was.
const MASK: &str = "***";

/// Shorter texts are not searched for: taking out every `a` would make a message unreadable.
const SHORTEST: usize = 4;

/// Tokens and cookies remembered for redaction; the oldest go first.
const REMEMBERED: usize = 512;

/// A password, client secret, token or cookie. It has no text form.
#[derive(Clone)]
pub struct Secret(SecretString);

/// Where a secret is kept: `env:NAME` or `file:PATH`. The reference may be shown, the secret is never in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct SecretRef(String);

/// The secrets of one connector, to be taken out of every text that leaves it.
#[derive(Default)]
pub(super) struct Redaction {
    known: Mutex<Vec<Secret>>,
}

impl Secret {
    /// A secret of this text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    /// The text, for the wire or for keeping it safe; never for showing.
    pub fn reveal(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(MASK)
    }
}

impl SecretRef {
    /// A reference, `env:NAME` or `file:PATH`.
    ///
    /// # Errors
    /// A message that does not repeat the text: it may be the secret itself, written there by mistake.
    pub fn new(text: &str) -> Result<Self, String> {
        let named = text.strip_prefix("env:").or_else(|| text.strip_prefix("file:"));
        match named {
            Some(name) if !name.trim().is_empty() => Ok(Self(text.to_owned())),
            _ => Err("a secret is named, not written: `env:NAME` or `file:PATH`".to_owned()),
        }
    }

    /// Fetches the secret; a file's trailing line break is not part of it.
    ///
    /// # Errors
    /// `SignIn`, naming the reference, when the variable or file is missing or empty.
    pub fn read(&self, system: System) -> Result<Secret, ConnectorError> {
        let found = match self.0.split_once(':') {
            Some(("env", name)) => std::env::var(name).map_err(|_| format!("the environment variable `{name}` is not set")),
            Some((_, path)) => {
                std::fs::read_to_string(path).map_err(|problem| format!("the file `{path}` cannot be read ({})", problem.kind()))
            }
            None => Err("it is neither `env:NAME` nor `file:PATH`".to_owned()),
        };
        let wrong = |message: String| ConnectorError::new(ErrorKind::SignIn, system, format!("read secret {}", self.0), message);
        let text = found.map_err(&wrong)?;
        match text.trim_end_matches(['\r', '\n']) {
            "" => Err(wrong("it is empty".to_owned())),
            secret => Ok(Secret::new(secret)),
        }
    }
}

impl fmt::Display for SecretRef {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for SecretRef {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        Self::new(&String::deserialize(source)?).map_err(de::Error::custom)
    }
}

impl Redaction {
    /// Remembers a secret.
    pub(super) fn learn(&self, secret: &Secret) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if secret.reveal().len() < SHORTEST || known.iter().any(|old| old.reveal() == secret.reveal()) {
            return;
        }
        if known.len() == REMEMBERED {
            known.remove(0);
        }
        known.push(secret.clone());
    }

    /// The text without any known secret, in plain, percent-encoded and JSON form, and without what stands behind
    /// words such as `password=` or `Bearer`.
    pub(super) fn clean(&self, text: &str) -> String {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut forms: Vec<String> = known.iter().flat_map(|secret| forms(secret.reveal())).collect();
        // A secret that holds another one goes first, or its rest would stay.
        forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
        let mut clean = text.to_owned();
        for form in forms {
            if clean.contains(&form) {
                clean = clean.replace(&form, MASK);
            }
        }
        without_marked(&clean)
    }

    /// The same for a body; one that is not text is left out.
    pub(super) fn clean_body(&self, body: &[u8]) -> Vec<u8> {
        self.clean(&String::from_utf8_lossy(body)).into_bytes()
    }
}

/// How a secret may appear in a text.
fn forms(secret: &str) -> Vec<String> {
    let encoded = percent::encode(secret);
    let json = serde_json::to_string(secret).unwrap_or_default();
    let mut forms = vec![secret.to_owned(), encoded.replace("%20", "+"), encoded, json.trim_matches('"').to_owned()];
    forms.retain(|form| form.len() >= SHORTEST);
    forms.dedup();
    forms
}

/// Words behind which a secret stands, with `=` or `:` between, quoted or not.
const MARKS: [&str; 8] =
    ["client_secret", "access_token", "refresh_token", "password", ".aspxauth", "asp.net_sessionid", "set-cookie", "authorization"];

fn without_marked(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let mut clean = String::with_capacity(text.len());
    let mut at = 0;
    while let Some((found, secret_at)) = next_mark(&lower, at) {
        let end = secret_at + text[secret_at..].find(['"', '\'', '&', ';', ',', ' ', '\n', '}', '<']).unwrap_or(text.len() - secret_at);
        clean.push_str(&text[at..secret_at]);
        if end > secret_at {
            clean.push_str(MASK);
        }
        at = end.max(found + 1);
    }
    clean.push_str(&text[at.min(text.len())..]);
    clean
}

/// The next mark from `at` on, and where its secret begins.
fn next_mark(lower: &str, at: usize) -> Option<(usize, usize)> {
    let marked = MARKS
        .iter()
        .flat_map(|mark| lower[at..].match_indices(mark).filter_map(move |(offset, _)| after_sign(lower, at + offset, mark.len())));
    let bearer = lower[at..].match_indices("bearer ").map(|(offset, word)| (at + offset, at + offset + word.len()));
    marked.chain(bearer).min()
}

/// `(start of the mark, start of the secret)` when `=` or `:` follows the mark.
fn after_sign(lower: &str, mark_at: usize, length: usize) -> Option<(usize, usize)> {
    let after = mark_at + length;
    let rest = lower[after..].trim_start_matches(['"', '\'', ' ']);
    let behind = rest.strip_prefix(['=', ':'])?.trim_start_matches(['"', '\'', ' ']);
    let behind = behind.strip_prefix("bearer ").unwrap_or(behind);
    Some((mark_at, lower.len() - behind.len()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, proptest};

    use super::{Redaction, Secret, SecretRef, percent};
    use crate::schema::System;

    proptest! {
        #[test]
        fn no_text_keeps_a_known_secret(secret in "[ -~]{4,40}", before in any::<String>(), after in any::<String>()) {
            let redaction = Redaction::default();
            redaction.learn(&Secret::new(secret.clone()));
            let json = serde_json::to_string(&secret).unwrap();
            let text = format!("{before}{secret}{after} {} {json}", percent::encode(&secret));
            let clean = redaction.clean(&text);
            // Masks may by chance spell the secret (`****`), which tells nothing.
            prop_assert!(secret.chars().all(|sign| sign == '*') || !clean.replace("***", "\u{1}").contains(&secret), "{}", clean);
        }

        #[test]
        fn cleaning_never_fails(text in any::<String>()) {
            Redaction::default().clean(&text);
        }
    }

    #[test]
    fn secrets_nobody_told_us_go_by_what_stands_before_them() {
        let redaction = Redaction::default();
        for (text, clean) in [
            ("grant_type=password&password=p%40ss&username=u", "grant_type=password&password=***&username=u"),
            (r#"{"access_token": "ey.J", "expires_in":1}"#, r#"{"access_token": "***", "expires_in":1}"#),
            ("Authorization: Bearer ey.J0 sent", "Authorization: Bearer *** sent"),
            ("set-cookie: .ASPXAUTH=0AF; path=/", "set-cookie: ***; path=/"),
            ("Invalid password for user u", "Invalid password for user u"),
            ("nothing here, not even bearer", "nothing here, not even bearer"),
        ] {
            assert_eq!(redaction.clean(text), clean);
        }
    }

    #[test]
    fn a_secret_has_no_text_form_and_a_longer_one_leaves_no_rest() {
        assert_eq!(format!("{:?}", Some(Secret::new("hunter22"))), "Some(***)");
        let redaction = Redaction::default();
        redaction.learn(&Secret::new("hunter22"));
        redaction.learn(&Secret::new("hunter22-and-more"));
        assert_eq!(redaction.clean("a hunter22-and-more b"), "a *** b");
    }

    #[test]
    fn a_reference_names_its_place_and_a_written_secret_is_not_repeated() {
        let missing = SecretRef::new("env:CROSSWALK_NO_SUCH_VARIABLE").unwrap().read(System::Procore).unwrap_err();
        assert!(missing.to_string().contains("CROSSWALK_NO_SUCH_VARIABLE"), "{missing}");
        let written = serde_json::from_str::<SecretRef>("\"hunter22\"").unwrap_err().to_string();
        assert!(!written.contains("hunter22") && written.contains("env:NAME"), "{written}");
        let folder = std::env::temp_dir().join(format!("crosswalk-secret-{}", std::process::id()));
        std::fs::write(&folder, "hunter22\n").unwrap();
        let read = SecretRef::new(&format!("file:{}", folder.display())).unwrap().read(System::Procore);
        std::fs::remove_file(&folder).unwrap();
        assert_eq!(read.unwrap().reveal(), "hunter22");
    }
}
