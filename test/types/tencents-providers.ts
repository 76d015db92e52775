// Compiled, never run: the providers of Tencent's own SDK, as they are declared, go where credentials are asked for.
import { createRedisActivities } from 'temporal-tencent-redis/activities';
import { CvmRoleCredential, ProfileCredential } from 'tencentcloud-sdk-nodejs-common';

createRedisActivities({ credentials: new CvmRoleCredential() });
createRedisActivities({ credentials: new ProfileCredential() });
// @ts-expect-error -- the class is no provider
createRedisActivities({ credentials: CvmRoleCredential });
