/** The bytes of the carried Chromium that this version was tried with: whatever else the package holds is not unpacked. */

/** SHA-256 of the archives in `bin/` of `@sparticuz/chromium`, of the version that package.json names. */
export const CARRIED_ARCHIVES: Readonly<Record<string, string>> = {
  'al2023.tar.br': 'a166168dd3e3e9d8743689fff543c5cadb3025c1816c6a154c90dc68a59edd0a',
  'chromium.br': '38e1e1649db20fa4ea644bf5987688ce81a4c9eb10e7eae8380b74fc0d699fea',
  'fonts.tar.br': 'c1307fe5cd607092f0426742b4ab93755eec9a9b7752e47c56408c2bcf3e515b',
  'swiftshader.tar.br': 'b680e40a33235ecc6ad4c6897a168b70ce5164f0d62d2a64d675320d51614631',
};
