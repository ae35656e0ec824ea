//! Refresh tokens work once: where is the newest one kept?

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use super::secret::Secret;

/// Keeps the newest refresh token of each sign-in. A token that is used but not kept locks us out until a person signs
/// in again (BR-82), so `keep` is called before the access token beside it is used.
pub trait TokenStore: Send + Sync {
    /// The newest refresh token of this sign-in; none before the first rotation.
    fn newest(&self, name: &str) -> Option<Secret>;
    /// Keeps a new one.
    ///
    /// # Errors
    /// A message without the token.
    fn keep(&self, name: &str, token: &Secret) -> Result<(), String>;
}

/// Tokens in memory: for sign-ins without refresh tokens, and for tests.
#[derive(Debug, Default)]
pub struct TokensInMemory {
    tokens: Mutex<BTreeMap<String, Secret>>,
}

/// Tokens as files of a folder, readable by their owner only: `procore.token`.
#[derive(Clone, Debug)]
pub struct TokenFiles {
    folder: PathBuf,
}

impl TokenStore for TokensInMemory {
    fn newest(&self, name: &str) -> Option<Secret> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    fn keep(&self, name: &str, token: &Secret) -> Result<(), String> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), token.clone());
        Ok(())
    }
}

impl TokenFiles {
    /// Files in this folder, which is made when the first token is kept.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.token"))
    }

    /// Written beside and renamed, so that a crash leaves the old or the new token, never half of one.
    fn write(&self, name: &str, token: &Secret) -> std::io::Result<()> {
        std::fs::create_dir_all(&self.folder)?;
        let beside = self.folder.join(format!("{name}.token.new"));
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&beside)?;
        file.write_all(token.reveal().as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&beside, self.path(name))
    }
}

impl TokenStore for TokenFiles {
    fn newest(&self, name: &str) -> Option<Secret> {
        let text = std::fs::read_to_string(self.path(name)).ok()?;
        Some(text.trim()).filter(|token| !token.is_empty()).map(Secret::new)
    }

    fn keep(&self, name: &str, token: &Secret) -> Result<(), String> {
        self.write(name, token).map_err(|problem| format!("`{}` cannot be written ({})", self.path(name).display(), problem.kind()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Secret, TokenFiles, TokenStore, TokensInMemory};

    #[test]
    fn the_newest_token_is_found_again() {
        let folder = std::env::temp_dir().join(format!("crosswalk-tokens-{}", std::process::id()));
        let stores: [&dyn TokenStore; 2] = [&TokensInMemory::default(), &TokenFiles::new(&folder)];
        for store in stores {
            assert!(store.newest("procore").is_none());
            store.keep("procore", &Secret::new("first")).unwrap();
            store.keep("procore", &Secret::new("second")).unwrap();
            assert_eq!(store.newest("procore").unwrap().reveal(), "second");
            assert!(store.newest("acumatica").is_none());
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(folder.join("procore.token")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
