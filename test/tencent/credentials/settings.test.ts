import { readCredentialSettings } from '../../../src/tencent/credentials/settings.js';

const ARN = 'qcs::cam::uin/100000000001:roleName/waiter';

describe('the settings of credentials', () => {
  test('need no variable, and take an empty one for none', () => {
    const empty = {
      TENCENTCLOUD_CREDENTIAL_SOURCE: '',
      TENCENTCLOUD_STS_ENDPOINT: '',
      TENCENTCLOUD_ROLE_ARN: '',
      TENCENTCLOUD_ASSUME_ROLE_ARN: '',
      TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION: '',
      TENCENTCLOUD_ASSUME_ROLE_SAML_ASSERTION: '',
    };

    expect(readCredentialSettings({})).toEqual({});
    expect(readCredentialSettings(empty)).toEqual({});
  });

  test.each(['ROLE', 'ASSUME_ROLE'])('take a role from TENCENTCLOUD_%s_…', (prefix) => {
    const { role } = readCredentialSettings({
      [`TENCENTCLOUD_${prefix}_ARN`]: ARN,
      [`TENCENTCLOUD_${prefix}_SESSION_NAME`]: 'blue-team',
      [`TENCENTCLOUD_${prefix}_SESSION_DURATION`]: '3600',
      [`TENCENTCLOUD_${prefix}_EXTERNAL_ID`]: 'ticket/42',
    });

    expect(role).toEqual({
      variable: `TENCENTCLOUD_${prefix}_ARN`,
      ...{ arn: ARN, sessionName: 'blue-team', durationSeconds: 3_600, externalId: 'ticket/42' },
    });
  });

  test('take a role whose parts are written both ways', () => {
    const env = { TENCENTCLOUD_ASSUME_ROLE_ARN: ARN, TENCENTCLOUD_ROLE_SESSION_NAME: 'blue-team' };

    expect(readCredentialSettings(env).role).toMatchObject({ arn: ARN, sessionName: 'blue-team' });
  });

  test('take the same value under both names', () => {
    const env = { TENCENTCLOUD_ASSUME_ROLE_ARN: ARN, TENCENTCLOUD_ROLE_ARN: ARN };

    expect(readCredentialSettings(env).role).toMatchObject({ arn: ARN });
  });

  test.each([
    ['ARN', ARN, `${ARN}s`],
    ['SESSION_NAME', 'blue', 'green'],
    ['SESSION_DURATION', '3600', '7200'],
    ['EXTERNAL_ID', 'marked-1', 'marked-2'],
  ])('refuse two values for one %s, and name both variables', (part, ours, terraforms) => {
    const env = {
      TENCENTCLOUD_ROLE_ARN: ARN,
      [`TENCENTCLOUD_ROLE_${part}`]: ours,
      [`TENCENTCLOUD_ASSUME_ROLE_${part}`]: terraforms,
    };

    expect(() => readCredentialSettings(env)).toThrow(
      `TENCENTCLOUD_ROLE_${part} and TENCENTCLOUD_ASSUME_ROLE_${part} mean the same, and differ: leave one of them out`,
    );
  });

  test.each([
    'TENCENTCLOUD_ROLE_SESSION_NAME',
    'TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME',
    'TENCENTCLOUD_ROLE_SESSION_DURATION',
    'TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID',
  ])('refuse %s without a role', (name) => {
    expect(() => readCredentialSettings({ [name]: '3600' })).toThrow(
      `TENCENTCLOUD_ROLE_ARN is missing, while ${name} is set`,
    );
  });

  test.each([
    'TENCENTCLOUD_ASSUME_ROLE_SAML_ASSERTION',
    'TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN',
    'TENCENTCLOUD_ASSUME_ROLE_PROVIDER_ID',
    'TENCENTCLOUD_ASSUME_ROLE_POLICY',
  ])('refuse %s, which would be ignored', (name) => {
    const env = { TENCENTCLOUD_ASSUME_ROLE_ARN: ARN, [name]: 'marked' };

    expect(() => readCredentialSettings(env)).toThrow(`${name} is not supported here`);
  });

  test.each<[string, string[]]>([
    ['TENCENTCLOUD_ROLE_ARN', ['waiter', 'arn:aws:iam::1:role/x', `${ARN}\n`, 'qcs::cam::uin/1: x']],
    ['TENCENTCLOUD_ASSUME_ROLE_ARN', ['waiter']],
    ['TENCENTCLOUD_ROLE_SESSION_NAME', ['a', 'a b', 'a\nb', 'n'.repeat(129), 'ü-ü']],
    ['TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME', ['a b']],
    ['TENCENTCLOUD_ROLE_SESSION_DURATION', ['0', '59', '43201', '1h', '-1', '1e3', ' 3600', '3600.5']],
    ['TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION', ['one hour']],
    ['TENCENTCLOUD_ROLE_EXTERNAL_ID', ['a', 'pw b', 'i'.repeat(129), 'a\r\nb']],
    ['TENCENTCLOUD_STS_ENDPOINT', ['sts.tencentcloudapi.com', 'ftp://sts', 'https://sts/path', 'https://u:pw@sts']],
    ['TENCENTCLOUD_CREDENTIAL_SOURCE', ['env', 'CVM-ROLE', 'static', 'profile ']],
  ])('refuse bad values of %s in one line that names it', (variable, values) => {
    for (const value of values) {
      const read = () => readCredentialSettings({ TENCENTCLOUD_ROLE_ARN: ARN, [variable]: value });
      // Terraform's name of the ARN may stand alone.
      const alone = () => readCredentialSettings({ [variable]: value });
      const error = caught(variable.endsWith('_ARN') ? alone : read);

      expect(error.message).toMatch(new RegExp(`^${variable} [^\\r\\n]+$`));
      expect(error.message).not.toContain('pw');
    }
  });

  test('list the sources there are', () => {
    expect(() => readCredentialSettings({ TENCENTCLOUD_CREDENTIAL_SOURCE: 'env' })).toThrow(
      'TENCENTCLOUD_CREDENTIAL_SOURCE is "env", but it must be one of environment, profile, cvm-role, tke-oidc',
    );
  });
});

function caught(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  throw new Error('Nothing was thrown');
}
