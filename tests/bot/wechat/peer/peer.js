// Reads one JSON request from standard input, writes one JSON answer to standard output.
//   {"do": "seal", token, aesKey, appId, timestamp, nonce, message} -> {encrypted, signature}
//   {"do": "open", token, aesKey, appId, timestamp, nonce, encrypted} -> {message, id, signature}
'use strict';

const fs = require('fs');
const WechatCrypto = require('wechat-crypto');

const request = JSON.parse(fs.readFileSync(0, 'utf8'));
const crypto = new WechatCrypto(request.token, request.aesKey, request.appId);

function seal() {
  const encrypted = crypto.encrypt(request.message);
  return { encrypted, signature: crypto.getSignature(request.timestamp, request.nonce, encrypted) };
}

function open() {
  const signature = crypto.getSignature(request.timestamp, request.nonce, request.encrypted);
  return { ...crypto.decrypt(request.encrypted), signature };
}

process.stdout.write(JSON.stringify(request.do === 'seal' ? seal() : open()));
