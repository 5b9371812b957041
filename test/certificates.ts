// Certificates for the tests of TLS; the key of the first one is no secret.

import { createPrivateKey } from 'node:crypto'

/** Self-signed for localhost, for these tests alone, from 2020 to 2120. */
export const certificate = `-----BEGIN CERTIFICATE-----
MIIBYjCCAQegAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv
c3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMM
CWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNaRBDbTypAc/kCO
MxyoCorv5hxT02xuTOtrQfyk3ymvD9G0imZ5xr63uznZ5QTP1w4iPWimP9LhXt0X
m/oFJyijSDBGMA8GA1UdEwEB/wQFMAMBAf8wFAYDVR0RBA0wC4IJbG9jYWxob3N0
MB0GA1UdDgQWBBQVGdEOvnDm3EhBAm2CMZZ3V3HhiTAKBggqhkjOPQQDAgNJADBG
AiEAl2Mioik6cFxfANBsXqw/bMP0AzcxxZH7mcJLsHi4sGsCIQDuGknGtTlDF+WQ
iecKPjgs8DsGqETImxlxQCiRZXAXSQ==
-----END CERTIFICATE-----`
export const privateKey = createPrivateKey({
  format: 'jwk',
  key: {
    kty: 'EC',
    crv: 'P-256',
    x: '1pEENtPKkBz-QI4zHKgKiu_mHFPTbG5M62tB_KTfKa8',
    y: 'D9G0imZ5xr63uznZ5QTP1w4iPWimP9LhXt0Xm_oFJyg',
    d: 'lqM0NTNeiFZJxfad_yoyI9e6HjiANkEEN3BkAp9FSO4',
  },
}).export({ type: 'pkcs8', format: 'pem' })

/** Of an authority that has signed nothing. */
export const otherAuthority = `-----BEGIN CERTIFICATE-----
MIIBezCCASKgAwIBAgIBAjAKBggqhkjOPQQDAjAcMRowGAYDVQQDDBFhbm90aGVy
IGF1dGhvcml0eTAgFw0yNjExMjQxMTIzNDhaGA8yMTI2MTAzMTExMjM0OFowHDEa
MBgGA1UEAwwRYW5vdGhlciBhdXRob3JpdHkwWTATBgcqhkjOPQIBBggqhkjOPQMB
BwNCAAQpuCWU8JPL0U69WGGERAwtZpO/Q5oDdoQr8zt5D2HZf00h3Omncx5b58GF
PGa/Bttoz2Qzk64YnGCIWfvZ32ogo1MwUTAdBgNVHQ4EFgQU2DJ734w+9nmRouGC
fpjgr+cPVRgwHwYDVR0jBBgwFoAU2DJ734w+9nmRouGCfpjgr+cPVRgwDwYDVR0T
AQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiAkzQuRKq3TjWMC9uqn4/KsI9Sk
SsZQQXNB8OZIFjBhVgIgX36Pn/M3pUmdjWnhXfo43mTuAVluu/D8YA75jv4bWuU=
-----END CERTIFICATE-----`
