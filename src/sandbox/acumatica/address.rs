//! How does an imitated Acumatica behave on the wire? What an address means.

use super::errors::Problem;
use super::options::AcumaticaOptions;
use crate::sandbox::wire::Target;

/// What an address names.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// `/entity/auth/login`
    Login,
    /// `/entity/auth/logout`
    Logout,
    /// `/entity`
    Endpoints,
    /// `/identity/.well-known/openid-configuration`
    Discovery,
    /// `/identity/connect/token`
    Token,
    /// `/sandbox/records/{Entity}`: what the books hold, for tests.
    Records(String),
    /// `/sandbox/accountants`: what accountants do by hand.
    Accountants,
    /// Something of an endpoint.
    Endpoint(Endpoint, Inside),
}

/// An endpoint of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Endpoint {
    /// `/entity/Default/24.200.001`
    pub base: String,
    /// The version of the contract behind it: that of the endpoint, or of the one it extends.
    pub version: String,
    /// It is the package's, whose entities differ from the vendor's.
    pub is_package: bool,
}

/// What an address names inside an endpoint.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Inside {
    /// `swagger.json`
    Swagger,
    /// `{Entity}`
    Collection(String),
    /// `{Entity}/$adHocSchema`
    AdHoc(String),
    /// `{Entity}/{keys or id}`, or `{Entity}/{Action}` of a POST.
    Below(String, Vec<String>),
    /// `{Entity}/{Action}/status/{id}`
    Status(String, String, String),
    /// `{Entity}/{keys or id}/files/{name}`
    File(String, Vec<String>, String),
}

impl Place {
    /// Reads an address.
    pub(super) fn of(target: &Target, options: &AcumaticaOptions) -> Result<Self, Problem> {
        let site: Vec<&str> = options.site.split('/').filter(|part| !part.is_empty()).collect();
        let steps = target.steps();
        if let ["sandbox", "records", entity] = steps.as_slice() {
            return Ok(Self::Records((*entity).to_owned()));
        }
        if steps == ["sandbox", "accountants"] {
            return Ok(Self::Accountants);
        }
        let steps = steps.strip_prefix(site.as_slice()).ok_or(Problem::NoPage)?;
        match steps {
            ["entity"] => Ok(Self::Endpoints),
            ["entity", "auth", "login"] => Ok(Self::Login),
            ["entity", "auth", "logout"] => Ok(Self::Logout),
            ["identity", ".well-known", "openid-configuration"] => Ok(Self::Discovery),
            ["identity", "connect", "token"] => Ok(Self::Token),
            ["entity", name, version, rest @ ..] if !rest.is_empty() => {
                let endpoint = endpoint(options, name, version).ok_or(Problem::NoPage)?;
                Ok(Self::Endpoint(endpoint, inside(rest)))
            }
            _ => Err(Problem::NoPage),
        }
    }
}

fn endpoint(options: &AcumaticaOptions, name: &str, version: &str) -> Option<Endpoint> {
    let is = |(known, number): &&(String, String)| known.eq_ignore_ascii_case(name) && number == version;
    let package = options.package.as_ref().filter(|package| is(&&package.endpoint));
    let contract = match (options.endpoints.iter().find(is), package) {
        (Some((_, version)), _) => version.clone(),
        (None, Some(package)) => package.extends.clone(),
        (None, None) => options.own_endpoints.iter().find(is).map(|_| "24.200.001".to_owned())?,
    };
    Some(Endpoint { base: format!("{}/entity/{name}/{version}", options.site), version: contract, is_package: package.is_some() })
}

fn inside(rest: &[&str]) -> Inside {
    let text = |part: &&str| (**part).to_owned();
    match rest {
        ["swagger.json"] => Inside::Swagger,
        [entity] => Inside::Collection(text(entity)),
        [entity, "$adHocSchema"] => Inside::AdHoc(text(entity)),
        [entity, action, "status", id] => Inside::Status(text(entity), text(action), text(id)),
        [entity, keys @ .., "files", name] if !keys.is_empty() => Inside::File(text(entity), key_parts(keys), text(name)),
        [entity, keys @ ..] => Inside::Below(text(entity), key_parts(keys)),
        [] => Inside::Collection(String::new()),
    }
}

/// `/` and `|` separate keys, encoded or not; a key that holds one of them cannot be addressed.
fn key_parts(parts: &[&str]) -> Vec<String> {
    parts.iter().flat_map(|part| part.split(['/', '|'])).map(str::to_owned).collect()
}
