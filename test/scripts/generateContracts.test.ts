import { expect } from 'chai'
import { describe, it } from 'mocha'
import { contractSection, documentedContracts } from '../../scripts/generate-contracts.ts'

/** What OpenZeppelin's contracts bring along, in their own words. */
const INHERITED =
  /^(authority|setAuthority|isConsumingScheduledOp|eip712Domain|AuthorityUpdated|EIP712DomainChanged|Transfer|Approval)$|^(AccessManaged|ReentrancyGuard|SafeERC20|SafeCast|ECDSA|InvalidShortString|StringTooLong|ERC20|ERC2612|InvalidAccountNonce)/
const STANDARD =
  /^(name|symbol|decimals|totalSupply|balanceOf|transfer|transferFrom|approve|allowance|permit|nonces|DOMAIN_SEPARATOR)$/

describe('the reference of the contracts', () => {
  for (const [name, contract] of documentedContracts()) {
    it(`says of every function, event and error of ${name} what it is`, () => {
      const section = contractSection(name, contract)
      for (const { type, name: entry = '' } of contract.abi) {
        const isTheirs = INHERITED.test(entry) || (name === 'Credits' && STANDARD.test(entry))
        if (type === 'constructor' || isTheirs) continue
        expect(section, `${type} ${entry}`).to.include(`**\`${entry}(`)
      }
    })
  }

  it('tells types by their names in the source', () => {
    const jobs = documentedContracts().get('Jobs')
    const section = jobs === undefined ? '' : contractSection('Jobs', jobs)
    expect(section).to.include('`deadlineOf(JobTerms terms) → (uint256 deadline, JobStatus to)`** (read)')
    expect(section).to.include('`Withdrawn(address indexed account, address indexed to, uint96 amount)`')
  })
})
