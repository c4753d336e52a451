//! The wire shape of an SPDX 3 element. One struct for all element types, because the type may stand behind
//! the fields it governs and the fields never conflict.

use crate::text::loose::{List, Text, loose};

loose! {
    /// Any element of the graph, with the fields of all types that we use.
    pub struct Element<'a> {
        kind: Text<'a> = "type",
        at_type: Text<'a> = "@type",
        id: Text<'a> = "spdxId",
        at_id: Text<'a> = "@id",
        name: Text<'a> = "name",
        // software_Package, software_File
        version: Text<'a> = "software_packageVersion",
        purpose: Text<'a> = "software_primaryPurpose",
        download: Text<'a> = "software_downloadLocation",
        package_url: Text<'a> = "software_packageUrl",
        home_page: Text<'a> = "software_homePage",
        source_info: Text<'a> = "software_sourceInfo",
        supplied_by: Text<'a> = "suppliedBy",
        release_time: Text<'a> = "releaseTime",
        identifiers: List<Identifier<'a>> = "externalIdentifier",
        references: List<Reference<'a>> = "externalRef",
        verified: List<Hash<'a>> = "verifiedUsing",
        extension: List<Extension<'a>> = "extension",
        // simplelicensing_LicenseExpression
        expression: Text<'a> = "simplelicensing_licenseExpression",
        // Relationship and its kinds
        from: Text<'a> = "from",
        to: List<Text<'a>> = "to",
        relationship: Text<'a> = "relationshipType",
        scope: Text<'a> = "scope",
        // VEX
        justification: Text<'a> = "security_justificationType",
        impact: Text<'a> = "security_impactStatement",
        status_notes: Text<'a> = "security_statusNotes",
        action: Text<'a> = "security_actionStatement",
        // build_Build
        build_type: Text<'a> = "build_buildType",
        // SpdxDocument, software_Sbom
        root_elements: List<Text<'a>> = "rootElement",
        // CreationInfo
        spec_version: Text<'a> = "specVersion",
        created: Text<'a> = "created",
        created_using: List<Text<'a>> = "createdUsing",
    }
}

loose! {
    /// `ExternalIdentifier`.
    pub struct Identifier<'a> {
        kind: Text<'a> = "externalIdentifierType",
        value: Text<'a> = "identifier",
    }
}

loose! {
    /// `ExternalRef`.
    pub struct Reference<'a> {
        kind: Text<'a> = "externalRefType",
        locator: List<Text<'a>> = "locator",
    }
}

loose! {
    /// `Hash`; package verification codes have no algorithm and are passed over.
    pub struct Hash<'a> {
        algorithm: Text<'a> = "algorithm",
        value: Text<'a> = "hashValue",
    }
}

loose! {
    /// An extension; of all kinds we know the one for properties.
    pub struct Extension<'a> {
        properties: List<Property<'a>> = "extension_cdxProperty",
    }
}

loose! {
    /// One property.
    pub struct Property<'a> {
        name: Text<'a> = "extension_cdxPropName",
        value: Text<'a> = "extension_cdxPropValue",
    }
}

impl<'a> Element<'a> {
    /// What a document of ours says in properties.
    pub fn pairs(&self) -> Vec<(&str, &str)> {
        let properties = self.extension.iter().flat_map(|extension| &extension.properties);
        let ours = properties.filter_map(|property| {
            Some((property.name.get().strip_prefix(crate::kept::PREFIX)?, property.value.whole()))
        });
        ours.collect()
    }

    /// The type's name without prefix (`software_Package`).
    pub fn type_name(&self) -> &str {
        let kind = if self.kind.is_empty() { self.at_type.get() } else { self.kind.get() };
        let kind = kind.rsplit('/').next().unwrap_or(kind);
        kind.strip_prefix("spdx:").unwrap_or(kind)
    }

    /// The element's own id, taken out.
    pub fn take_id(&mut self) -> std::borrow::Cow<'a, str> {
        let id = std::mem::take(&mut self.id);
        if id.is_empty() { std::mem::take(&mut self.at_id).into_cow() } else { id.into_cow() }
    }
}
