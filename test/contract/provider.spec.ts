import { PROVIDER_SUBJECTS } from '../support/provider-subjects.js';
import { describeProviderContract } from './provider.contract.js';

for (const makeSubject of PROVIDER_SUBJECTS) {
  const subject = makeSubject();
  describeProviderContract(subject.name, subject);
}
