//! Where are the systems, who are we there, and how much may we ask of them? Blocks of the settings file.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::secret::SecretRef;
use crate::schema::Endpoint;

/// Procore: one company, one app.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ProcoreSettings {
    /// API host: `https://api.procore.com`.
    #[serde(default = "procore_api")]
    pub api_url: String,
    /// Host that gives tokens: `https://login.procore.com`.
    #[serde(default = "procore_login")]
    pub login_url: String,
    /// The company's id; sent with each call.
    pub company_id: String,
    /// The app's id.
    pub client_id: String,
    /// The app's secret.
    pub client_secret: SecretRef,
    /// How tokens are asked for.
    #[serde(default)]
    pub grant: ProcoreGrant,
    /// Most rows a page, where the resource allows more.
    #[serde(default)]
    pub page_size: Option<u32>,
    /// Most requests under way at once.
    #[serde(default = "four")]
    pub concurrent: usize,
    /// Most seconds that a request waits for the allowance of requests.
    #[serde(default = "hour")]
    pub longest_wait_seconds: u64,
    /// Whether the company is open to this app as an approved ERP partner; without it restricted resources are refused
    /// here, before anything is sent.
    #[serde(default)]
    pub erp_platform: bool,
    /// Values for `{settings.NAME}` in paths, queries and bodies.
    #[serde(default)]
    pub settings: BTreeMap<String, Plain>,
}

/// How Procore tokens are asked for.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProcoreGrant {
    /// A developer-managed service account; nobody signs in.
    #[default]
    ClientCredentials,
    /// Acts as the person who signed in once; the reference holds the first refresh token.
    RefreshToken(SecretRef),
}

/// Acumatica: one tenant, one endpoint.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct AcumaticaSettings {
    /// The instance with its site path, if any: `https://acme.acumatica.com/site`.
    pub url: String,
    /// The tenant's login name.
    pub tenant: String,
    /// The branch to work in; the user's own when absent.
    #[serde(default)]
    pub branch: Option<String>,
    /// The session's language: labels of enumerations follow it.
    #[serde(default = "english")]
    pub locale: String,
    /// How to sign in.
    pub sign_in: AcumaticaSignIn,
    /// The endpoint that serves the entities; that of the overlay, or `Default/24.200.001`, when absent.
    #[serde(default)]
    pub endpoint: Option<Endpoint>,
    /// Records of one answer, about; 1,000 when absent. Longer lists are read in windows of the time of change.
    #[serde(default)]
    pub page_size: Option<u32>,
    /// Most requests under way at once; the licence's limit of concurrent requests or less.
    #[serde(default = "two")]
    pub concurrent: usize,
    /// Most requests a minute; the licence's limit or less.
    #[serde(default)]
    pub per_minute: Option<u32>,
    /// Most seconds that a request waits for the allowance of requests.
    #[serde(default = "hour")]
    pub longest_wait_seconds: u64,
    /// Most seconds to wait for the end of a long-running operation.
    #[serde(default = "ten_minutes")]
    pub action_limit_seconds: u64,
}

/// How to sign in to Acumatica.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum AcumaticaSignIn {
    /// A cookie session of a user.
    Session {
        /// The user's login name.
        user: String,
        /// The user's password.
        password: SecretRef,
    },
    /// A token of a connected application (form SM303010).
    Oauth {
        /// `{GUID}@{Tenant}`.
        client_id: String,
        /// The application's secret.
        client_secret: SecretRef,
        /// How tokens are asked for.
        grant: AcumaticaGrant,
    },
}

/// How Acumatica tokens are asked for.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum AcumaticaGrant {
    /// Resource-owner password; the session ends with the sign-out.
    Password {
        /// The user's login name.
        user: String,
        /// The user's password.
        password: SecretRef,
    },
    /// After one consent with `offline_access`; the reference holds the first refresh token. The chain ends 30 days
    /// after the consent, unless the instance is set otherwise.
    RefreshToken(SecretRef),
}

/// Limits of the HTTP client, both systems alike.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct HttpSettings {
    /// Most seconds to connect.
    pub connect_seconds: u64,
    /// Most seconds for a whole answer; generous, for Acumatica's licence queue holds requests without a sign.
    pub answer_seconds: u64,
    /// Most bytes of an answer.
    pub most_bytes: usize,
}

/// A plain value of a settings block.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Plain {
    /// `true` or `false`.
    Flag(bool),
    /// A whole number, such as an id.
    Number(i64),
    /// Text.
    Text(String),
}

impl fmt::Display for Plain {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => flag.fmt(formatter),
            Self::Number(number) => number.fmt(formatter),
            Self::Text(text) => text.fmt(formatter),
        }
    }
}

impl AcumaticaSettings {
    /// The endpoint that serves what has none of its own.
    pub fn endpoint(&self) -> Endpoint {
        self.endpoint.clone().unwrap_or_default()
    }
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self { connect_seconds: 10, answer_seconds: 120, most_bytes: 100_000_000 }
    }
}

fn procore_api() -> String {
    "https://api.procore.com".to_owned()
}

fn procore_login() -> String {
    "https://login.procore.com".to_owned()
}

fn english() -> String {
    "en-US".to_owned()
}

fn two() -> usize {
    2
}

fn four() -> usize {
    4
}

fn hour() -> u64 {
    3_600
}

fn ten_minutes() -> u64 {
    600
}

#[cfg(test)]
mod tests {
    use super::{AcumaticaGrant, AcumaticaSettings, AcumaticaSignIn, Plain, ProcoreGrant, ProcoreSettings};

    #[test]
    fn a_settings_block_is_short_and_holds_no_secret() {
        let text = r#"{"company_id":"77","client_id":"c","client_secret":"env:SECRET","grant":{"refresh_token":"file:/run/token"},"settings":{"list":12}}"#;
        let procore: ProcoreSettings = serde_json::from_str(text).unwrap();
        assert_eq!(procore.api_url, "https://api.procore.com");
        assert!(matches!(procore.grant, ProcoreGrant::RefreshToken(_)));
        assert_eq!(procore.settings["list"], Plain::Number(12));
        let plain = r#"{"company_id":"1","client_id":"c","client_secret":"env:S","grant":"client_credentials"}"#;
        assert!(matches!(serde_json::from_str::<ProcoreSettings>(plain).unwrap().grant, ProcoreGrant::ClientCredentials));
    }

    #[test]
    fn acumatica_signs_in_one_way_and_unknown_keys_are_errors() {
        let session = r#"{"url":"https://a","tenant":"T","sign_in":{"session":{"user":"u","password":"env:P"}}}"#;
        let settings: AcumaticaSettings = serde_json::from_str(session).unwrap();
        assert!(matches!(settings.sign_in, AcumaticaSignIn::Session { .. }));
        assert_eq!((settings.endpoint().name.as_str(), settings.endpoint().version.as_str()), ("Default", "24.200.001"));
        let grant = r#"{"password":{"user":"u","password":"env:P"}}"#;
        let oauth = format!(
            r#"{{"url":"https://a","tenant":"T","sign_in":{{"oauth":{{"client_id":"c","client_secret":"env:S","grant":{grant}}}}}}}"#
        );
        let settings: AcumaticaSettings = serde_json::from_str(&oauth).unwrap();
        assert!(matches!(settings.sign_in, AcumaticaSignIn::Oauth { grant: AcumaticaGrant::Password { .. }, .. }));
        assert!(serde_json::from_str::<AcumaticaSettings>(&session.replace("tenant", "tenent")).is_err());
        assert!(serde_json::from_str::<AcumaticaSettings>(&session.replace("env:P", "hunter22")).is_err());
    }
}
