<?php if (!defined('BASEPATH')) exit('No direct script access allowed');
// The keys of encrypted answers, all of them from one secret: LimeSurvey wants numbers in base 16, our secrets are
// letters and digits. Whoever changes this file or that secret loses every answer that is encrypted.
$seed = trim((string) file_get_contents('/run/secrets/encryption_seed'));
if (strlen($seed) < 32) {
    throw new RuntimeException('the secret encryption_seed is missing');
}
$key = sodium_crypto_generichash($seed);
$derive = fn (string $use, int $bytes): string => sodium_crypto_generichash("limesurvey $use", $key, $bytes);
$pair = sodium_crypto_sign_seed_keypair($derive('sign', SODIUM_CRYPTO_SIGN_SEEDBYTES));
return [
    'encryptionkeypair' => sodium_bin2hex($pair),
    'encryptionpublickey' => sodium_bin2hex(sodium_crypto_sign_publickey($pair)),
    'encryptionsecretkey' => sodium_bin2hex(sodium_crypto_sign_secretkey($pair)),
    'encryptionnonce' => sodium_bin2hex($derive('nonce', SODIUM_CRYPTO_SECRETBOX_NONCEBYTES)),
    'encryptionsecretboxkey' => sodium_bin2hex($derive('secretbox', SODIUM_CRYPTO_SECRETBOX_KEYBYTES)),
    'encryptionduplicateindexkey' => sodium_bin2hex($derive('duplicates', 32)),
];
