//! Relative paths of the settings file mean files beside it, wherever the command is run.

use std::path::{Path, PathBuf};

use crate::connector::{AcumaticaGrant, AcumaticaSettings, AcumaticaSignIn, ProcoreGrant, ProcoreSettings, SecretRef};

/// A path as the settings file means it.
pub(super) fn beside(folder: &Path, path: impl AsRef<Path>) -> PathBuf {
    folder.join(path)
}

/// Points secret files of Procore's block at the folder.
pub(super) fn procore(settings: &mut ProcoreSettings, folder: &Path) {
    secret(&mut settings.client_secret, folder);
    match &mut settings.grant {
        ProcoreGrant::ClientCredentials => {}
        ProcoreGrant::RefreshToken(reference) => secret(reference, folder),
    }
}

/// Points secret files of Acumatica's block at the folder.
pub(super) fn acumatica(settings: &mut AcumaticaSettings, folder: &Path) {
    match &mut settings.sign_in {
        AcumaticaSignIn::Session { password, .. } => secret(password, folder),
        AcumaticaSignIn::Oauth { client_secret, grant, .. } => {
            secret(client_secret, folder);
            match grant {
                AcumaticaGrant::Password { password, .. } => secret(password, folder),
                AcumaticaGrant::RefreshToken(reference) => secret(reference, folder),
            }
        }
    }
}

fn secret(reference: &mut SecretRef, folder: &Path) {
    let text = reference.to_string();
    if let Some(path) = text.strip_prefix("file:")
        && let Ok(moved) = SecretRef::new(&format!("file:{}", beside(folder, path).display()))
    {
        *reference = moved;
    }
}
